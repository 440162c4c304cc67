import { diffValues } from "./_diff.ts";
import { withHint } from "./_message.ts";
import { AssertionError } from "./assertion_error.ts";
import { equal } from "./equal.ts";

/** Checks that two values are deeply equal. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  if (equal(actual, expected)) return;
  const message = withHint("Values are not equal", msg);
  throw new AssertionError(`${message}\n\n    [Diff] -Actual / +Expected\n\n${diffValues(actual, expected)}\n`);
}
