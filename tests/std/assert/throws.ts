import { withHint } from "./_message.ts";
import { AssertionError } from "./assertion_error.ts";
import { assertIsError } from "./is_error.ts";

// deno-lint-ignore no-explicit-any -- as in the real package, which refuses what `never[]` would take
type ErrorConstructorOf<E> = abstract new (...args: any[]) => E;

/** Checks that a function throws, and returns what it throws. */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
/** Checks that a function throws an error of a class, with a text in its message, and returns the error. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: ErrorConstructorOf<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  errorClassOrMsg?: ErrorConstructorOf<E> | string,
  msgIncludes = "",
  msg?: string,
): unknown {
  const ErrorClass = typeof errorClassOrMsg === "string" ? undefined : errorClassOrMsg;
  const hint = typeof errorClassOrMsg === "string" ? errorClassOrMsg : msg;
  try {
    fn();
  } catch (error) {
    if (ErrorClass) assertIsError(error, ErrorClass, msgIncludes, hint);
    return error;
  }
  throw new AssertionError(withHint("Expected function to throw", hint));
}
