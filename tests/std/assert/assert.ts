import { AssertionError } from "./assertion_error.ts";

/** Checks that an expression is truthy. */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) throw new AssertionError(msg);
}
