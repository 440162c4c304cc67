import { AssertionError } from "./assertion_error.ts";

/** What is falsy. */
export type Falsy = false | 0 | 0n | "" | null | undefined;

/** Checks that an expression is falsy. */
export function assertFalse(expr: unknown, msg = ""): asserts expr is Falsy {
  if (expr) throw new AssertionError(msg);
}
