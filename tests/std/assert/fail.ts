import { AssertionError } from "./assertion_error.ts";

/** Fails a test at a place that it must not reach. */
export function fail(msg?: string): never {
  throw new AssertionError(msg ? `Failed assertion: ${msg}` : "Failed assertion.");
}
