import { withHint } from "./_message.ts";
import { AssertionError } from "./assertion_error.ts";

/** Checks that a text matches a regular expression. */
export function assertMatch(actual: string, expected: RegExp, msg?: string): void {
  if (expected.test(actual)) return;
  throw new AssertionError(withHint(`Expected ${JSON.stringify(actual)} to match ${expected}`, msg));
}
