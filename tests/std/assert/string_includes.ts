import { withHint } from "./_message.ts";
import { AssertionError } from "./assertion_error.ts";

/** Checks that a text contains another. */
export function assertStringIncludes(actual: string, expected: string, msg?: string): void {
  if (actual.includes(expected)) return;
  throw new AssertionError(withHint(`Expected ${JSON.stringify(actual)} to contain ${JSON.stringify(expected)}`, msg));
}
