import { showValue, withHint } from "./_message.ts";
import { AssertionError } from "./assertion_error.ts";
import { equal } from "./equal.ts";

/** An array or what looks like one, but no text. */
export type ArrayLikeArg<T> = ArrayLike<T> & object;

/** Checks that a list has, deeply equal, every member of another list, in any order. */
export function assertArrayIncludes<T>(actual: ArrayLikeArg<T>, expected: ArrayLikeArg<T>, msg?: string): void {
  const present = Array.from(actual);
  const missing = Array.from(expected).filter((member) => !present.some((other) => equal(other, member)));
  if (missing.length === 0) return;
  throw new AssertionError(withHint(`Expected ${showValue(present)} to include ${showValue(missing)}`, msg));
}
