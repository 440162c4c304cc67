/**
 * What `JSON.parse` can return.
 *
 * @example
 * ```ts
 * import type { Json } from "@x/resumable-tx";
 *
 * // Searches a step's arguments or value for a text.
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

/** A value as the journal stores it: plain JSON, and a note on what is not plain. */
export interface Encoded {
  /** The value; absent if it is `undefined`. For plain data, exactly what `JSON.stringify` would write. */
  readonly value?: Json;
  /** The parts of `value` that stand for something that JSON cannot express; absent if there are none. */
  readonly meta?: Json;
}

/** Stands in a stored value for something that is only known when the step runs. */
export type Placeholder =
  | {
    /** The value of an earlier step. */
    readonly kind: "ref";
    readonly step: string;
    /** The part of its value, as keys from the outside in; empty for the whole value. */
    readonly path: readonly string[];
  }
  /** An environment variable. */
  | { readonly kind: "env"; readonly name: string };

/** Copies a plain object without the members that are `undefined`, as `JSON.stringify` would leave them out. */
export function withoutUndefined<T extends object>(members: T): T {
  const copy: Partial<T> = {};
  for (const key in members) if (members[key] !== undefined) copy[key] = members[key];
  return copy as T;
}

/**
 * How deep arrays and objects may be nested in a stored value. This is far below the depth at which a function that walks
 * through values overflows the stack, and far above the depth of real data.
 */
export const MAX_DEPTH = 500;

/**
 * Tells whether code that copies or merges objects may follow a key to a prototype, and thus change unrelated objects. Such
 * keys are neither stored nor read.
 */
export function isForbiddenKey(key: string): boolean {
  return key === "__proto__" || key === "constructor" || key === "prototype";
}

// A ref at the last level is written as an object with an array in it.
const MAX_COPY_DEPTH = MAX_DEPTH + 2;

/** Copies JSON data, which may be hostile: refuses a forbidden key and too deep nesting. */
export function copyJson(json: Json, depth = 0): Json {
  if (typeof json !== "object" || json === null) return json;
  if (depth >= MAX_COPY_DEPTH) {
    throw new TypeError(`Cannot decode a value: it is nested deeper than ${MAX_DEPTH} levels`);
  }
  if (Array.isArray(json)) {
    const target: Json[] = [];
    for (const element of json) target.push(copyJson(element, depth + 1));
    return target;
  }
  const target: Record<string, Json> = {};
  for (const [key, member] of Object.entries(json)) {
    if (isForbiddenKey(key)) throw new TypeError(`Cannot decode a value: it has the key "${key}"`);
    target[key] = copyJson(member, depth + 1);
  }
  return target;
}

/** One level of a value can take several of JSON, like a row of a map. Nothing that is written reaches this limit. */
const MAX_JSON_DEPTH = 4 * MAX_DEPTH;

/**
 * Finds what this library never writes as JSON, and what would otherwise only be noticed when the value is needed:
 * forbidden keys and too deep nesting. Says what is wrong, as the end of a sentence.
 */
export function findJsonFault(json: unknown, depth = 0): string | undefined {
  if (typeof json !== "object" || json === null) return undefined;
  if (depth >= MAX_JSON_DEPTH) return `is nested deeper than ${MAX_JSON_DEPTH} levels`;
  if (Array.isArray(json)) {
    for (const element of json) {
      const fault = findJsonFault(element, depth + 1);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }
  for (const [key, member] of Object.entries(json)) {
    if (isForbiddenKey(key)) return `has the key "${key}"`;
    const fault = findJsonFault(member, depth + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
