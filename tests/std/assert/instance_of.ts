import { showValue, withHint } from "./_message.ts";
import { AssertionError } from "./assertion_error.ts";

/** Any class, also an abstract one. */
export type AnyConstructor = abstract new (...args: never[]) => unknown;

/** What a class makes. */
export type GetConstructorType<T extends AnyConstructor> = T extends abstract new (...args: never[]) => infer C ? C
  : never;

/** Checks that a value is an instance of a class. */
export function assertInstanceOf<T extends AnyConstructor>(
  actual: unknown,
  expectedType: T,
  msg = "",
): asserts actual is GetConstructorType<T> {
  if (actual instanceof expectedType) return;
  throw new AssertionError(
    withHint(`Expected an instance of ${expectedType.name || "an anonymous class"}, found ${showValue(actual)}`, msg),
  );
}
