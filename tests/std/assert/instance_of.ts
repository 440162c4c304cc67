import { showValue, withHint } from "./_message.ts";
import { AssertionError } from "./assertion_error.ts";

/** Checks that a value is an instance of a class. */
export function assertInstanceOf<
  // deno-lint-ignore no-explicit-any -- as in the real package
  T extends abstract new (...args: any[]) => any,
>(
  actual: unknown,
  expectedType: T,
  msg = "",
): asserts actual is InstanceType<T> {
  if (actual instanceof expectedType) return;
  throw new AssertionError(
    withHint(`Expected an instance of ${expectedType.name || "an anonymous class"}, found ${showValue(actual)}`, msg),
  );
}
