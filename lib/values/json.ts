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

/** What stands in a stored value for something that is only known when the step runs. */
export type Placeholder =
  | {
    /** The value of an earlier step. */
    readonly kind: "ref";
    /** Id of that step. */
    readonly step: string;
    /** Which part of its value, as keys from the outside in; empty for the whole. */
    readonly path: readonly string[];
  }
  | {
    /** An environment variable. */
    readonly kind: "env";
    /** The variable's name. */
    readonly name: string;
  };
/** Copies an object without the members that are `undefined`, as `JSON.stringify` would leave them out. */
export function withoutUndefined<T extends object>(members: T): T {
  const copy: Partial<T> = {};
  for (const key of Object.keys(members) as (keyof T)[]) if (members[key] !== undefined) copy[key] = members[key];
  return copy as T;
}

/**
 * How many arrays and objects may lie inside each other in a stored value. Far from what overflows the stack in any of
 * the functions that walk through values, and far more than data that people look at has.
 */
export const MAX_DEPTH = 500;

/**
 * Tells whether a key is one that code which copies or merges objects may follow to a prototype, and so change objects
 * that it never meant to touch. Such keys are neither stored nor read.
 */
export function isForbiddenKey(key: string): boolean {
  return key === "__proto__" || key === "constructor" || key === "prototype";
}

// A ref at the last level is written as an object with an array in it.
const MAX_COPY_DEPTH = MAX_DEPTH + 2;

/**
 * Copies JSON data, which may be hostile.
 *
 * @throws {TypeError} It has a key that is never stored, or is nested deeper than what is stored.
 */
export function copyJson(json: Json): Json {
  return copyNested(json, 0);
}

function copyNested(json: Json, depth: number): Json {
  if (typeof json !== "object" || json === null) return json;
  if (depth >= MAX_COPY_DEPTH) {
    throw new TypeError(`Cannot decode a value: it is nested deeper than ${MAX_DEPTH} levels`);
  }
  if (Array.isArray(json)) {
    const target: Json[] = [];
    for (const element of json) target.push(copyNested(element, depth + 1));
    return target;
  }
  const target: Record<string, Json> = {};
  for (const [key, member] of Object.entries(json)) {
    if (isForbiddenKey(key)) throw new TypeError(`Cannot decode a value: it has the key "${key}"`);
    target[key] = copyNested(member, depth + 1);
  }
  return target;
}

/** A level of a value takes several of JSON, as each row of a map does: well above all that is ever written. */
const MAX_JSON_DEPTH = 4 * MAX_DEPTH;

/**
 * Looks for what no writer of this library puts into JSON, and what would only come up when the value is needed: keys that
 * are never stored, and nesting that is deeper than what is stored.
 *
 * @returns What is wrong, as the end of a sentence; nothing if all is well.
 */
export function findJsonFault(json: unknown): string | undefined {
  return findNested(json, 0);
}

function findNested(json: unknown, depth: number): string | undefined {
  if (typeof json !== "object" || json === null) return undefined;
  if (depth >= MAX_JSON_DEPTH) return `is nested deeper than ${MAX_JSON_DEPTH} levels`;
  if (Array.isArray(json)) {
    for (const element of json) {
      const fault = findNested(element, depth + 1);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }
  for (const [key, member] of Object.entries(json)) {
    if (isForbiddenKey(key)) return `has the key "${key}"`;
    const fault = findNested(member, depth + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
