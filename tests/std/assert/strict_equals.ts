import { diffValues } from "./_diff.ts";
import { showValue, withHint } from "./_message.ts";
import { AssertionError } from "./assertion_error.ts";

/** Checks that two values are the same, as `Object.is` says. */
export function assertStrictEquals<T>(actual: unknown, expected: T, msg?: string): asserts actual is T {
  if (Object.is(actual, expected)) return;
  if (showValue(actual) === showValue(expected)) {
    throw new AssertionError(withHint(`Values look alike and are not the same: ${showValue(actual)}`, msg));
  }
  const message = withHint("Values are not strictly equal", msg);
  throw new AssertionError(`${message}\n\n    [Diff] -Actual / +Expected\n\n${diffValues(actual, expected)}\n`);
}
