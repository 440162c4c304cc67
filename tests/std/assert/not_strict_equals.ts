import { showValue, withHint } from "./_message.ts";
import { AssertionError } from "./assertion_error.ts";

/** Checks that two values are not the same, as `Object.is` says. */
export function assertNotStrictEquals<T>(actual: T, expected: T, msg?: string): void {
  if (!Object.is(actual, expected)) return;
  throw new AssertionError(withHint(`Expected another value than ${showValue(expected)}`, msg));
}
