import { inspect } from "node:util";

/** Shows a value on as many lines as it needs, with keys in a fixed order, so that two values can be compared by line. */
export function showValue(value: unknown): string {
  return inspect(value, {
    breakLength: 80,
    compact: 1,
    depth: 100,
    maxArrayLength: 10_000,
    maxStringLength: 100_000,
    sorted: true,
  });
}

/** Puts the caller's own words behind what went wrong. */
export function withHint(message: string, hint: string | undefined): string {
  return hint ? `${message}: ${hint}` : message;
}
