/**
 * What `JSON.parse` can return.
 *
 * @example
 * ```ts
 * import type { Json } from "@x/resumable-tx";
 *
 * // Looks for a text anywhere in a step's arguments or value.
 * export function holds(value: Json, text: string): boolean {
 *   if (typeof value === "string") return value.includes(text);
 *   return typeof value === "object" && value !== null && Object.values(value).some((part) => holds(part, text));
 * }
 * console.log(holds([1, { mail: "ana@example.com" }], "ana@")); // true
 * ```
 */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/**
 * A JSON object.
 *
 * @example
 * ```ts
 * import type { JsonObject } from "@x/resumable-tx";
 *
 * const account: JsonObject = { id: 7, groups: ["staff"], address: null };
 * console.log(Object.keys(account).length, account["name"] === undefined); // 3 true
 * ```
 */
export interface JsonObject {
  /** Members by key. */
  readonly [key: string]: Json;
}

/** A value as the journal holds it: plain JSON, and beside it a note on what is not plain. */
export interface Encoded {
  /** The value; absent when it is `undefined`. Of plain data exactly what `JSON.stringify` would write. */
  readonly value?: Json;
  /** Which parts of `value` stand for something that JSON has no word for; absent when none does. */
  readonly meta?: Json;
}
