import { showValue, withHint } from "./_message.ts";
import { AssertionError } from "./assertion_error.ts";

/** Checks that a value is an error, of a class and with a text in its message if these are given. */
export function assertIsError<E extends Error = Error>(
  error: unknown,
  // deno-lint-ignore no-explicit-any -- as in the real package
  ErrorClass?: abstract new (...args: any[]) => E,
  msgMatches?: string | RegExp,
  msg?: string,
): asserts error is E {
  if (!(error instanceof Error)) {
    throw new AssertionError(withHint(`Expected an error, found ${showValue(error)}`, msg));
  }
  if (ErrorClass && !(error instanceof ErrorClass)) {
    const found = `${error.constructor?.name}: ${error.message}`;
    throw new AssertionError(withHint(`Expected an error of class ${ErrorClass.name}, found ${found}`, msg), {
      cause: error,
    });
  }
  if (msgMatches === undefined || matches(error.message, msgMatches)) return;
  const found = JSON.stringify(error.message);
  throw new AssertionError(withHint(`Expected an error message with ${showValue(msgMatches)}, found ${found}`, msg), {
    cause: error,
  });
}

function matches(message: string, wanted: string | RegExp): boolean {
  return typeof wanted === "string" ? message.includes(wanted) : wanted.test(message);
}
