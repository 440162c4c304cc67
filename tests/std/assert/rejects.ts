import { withHint } from "./_message.ts";
import { AssertionError } from "./assertion_error.ts";
import { assertIsError } from "./is_error.ts";

// deno-lint-ignore no-explicit-any -- as in the real package, which refuses what `never[]` would take
type ErrorConstructorOf<E> = abstract new (...args: any[]) => E;

/** Checks that a function returns a promise that rejects, and returns the reason. */
export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
/** Checks that a function returns a promise that rejects with an error of a class, with a text in its message. */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: ErrorConstructorOf<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  errorClassOrMsg?: ErrorConstructorOf<E> | string,
  msgIncludes = "",
  msg?: string,
): Promise<unknown> {
  const ErrorClass = typeof errorClassOrMsg === "string" ? undefined : errorClassOrMsg;
  const hint = typeof errorClassOrMsg === "string" ? errorClassOrMsg : msg;
  const promise = callForPromise(fn, hint);
  try {
    await promise;
  } catch (error) {
    if (ErrorClass) assertIsError(error, ErrorClass, msgIncludes, hint);
    return error;
  }
  throw new AssertionError(withHint("Expected function to reject", hint));
}

/** A function that throws instead of rejecting is a finding of its own: its caller's `.catch` would never run. */
function callForPromise(fn: () => PromiseLike<unknown>, hint: string | undefined): PromiseLike<unknown> {
  let result: PromiseLike<unknown>;
  try {
    result = fn();
  } catch (error) {
    throw new AssertionError(withHint("Function throws when expected to reject", hint), { cause: error });
  }
  if (typeof result?.then === "function") return result;
  throw new AssertionError(withHint("Function returns no promise when expected to reject", hint));
}
