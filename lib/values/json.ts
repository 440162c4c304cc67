import { escapeJsonText } from "../text/escape.ts";
import { areBuiltinsUnchanged } from "./builtins.ts";

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

/** Whether an environment variable can have this name. */
export function isVariableName(name: string): boolean {
  return /^[^=\0]+$/.test(name);
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
  | { readonly kind: "env"; readonly name: string };

const { stringify } = JSON;
const { keys } = Object;
const { isArray } = Array;
// The method as a function of its text, which needs no prototype any more.
const charCodeAt: (text: string, index: number) => number = Function.prototype.call.bind(String.prototype.charCodeAt);

/** Writes plain data as escaped JSON, even if a prototype has a `toJSON`, or a built-in function was replaced. */
export function writeJson(data: unknown): string {
  return areBuiltinsUnchanged() ? escapeJsonText(stringify(data)) : writeWithoutBuiltins(data) ?? "null";
}

/** Calls nothing that can be replaced. */
function writeWithoutBuiltins(data: unknown): string | undefined {
  if (typeof data === "string") return quote(data);
  if (typeof data === "number") return data - data === 0 ? `${data}` : "null";
  if (typeof data === "boolean" || data === null) return `${data}`;
  if (typeof data !== "object") return undefined;
  let text = "";
  if (isArray(data)) {
    for (let index = 0; index < data.length; index += 1) {
      text += (index === 0 ? "" : ",") + (writeWithoutBuiltins(data[index]) ?? "null");
    }
    return `[${text}]`;
  }
  const members: Readonly<Record<string, unknown>> = data as Readonly<Record<string, unknown>>;
  const names = keys(members);
  for (let index = 0; index < names.length; index += 1) {
    const name = names[index] ?? "";
    const member = writeWithoutBuiltins(members[name]);
    if (member !== undefined) text += `${text === "" ? "" : ","}${quote(name)}:${member}`;
  }
  return `{${text}}`;
}

const HEX = "0123456789abcdef";
/** Of the characters from U+0008 on. */
const SHORT_ESCAPES = "btn?fr";

/** Escapes everything beyond ASCII, which needs no table of characters. */
function quote(text: string): string {
  let quoted = "";
  for (let index = 0; index < text.length; index += 1) {
    const code = charCodeAt(text, index);
    if (code === 0x22 || code === 0x5c) quoted += `\\${text[index]}`;
    else if (code >= 0x20 && code < 0x7f) quoted += text[index];
    else if (code >= 0x08 && code <= 0x0d && code !== 0x0b) quoted += `\\${SHORT_ESCAPES[code - 0x08]}`;
    else quoted += `\\u${HEX[code >> 12]}${HEX[(code >> 8) & 15]}${HEX[(code >> 4) & 15]}${HEX[code & 15]}`;
  }
  return `"${quoted}"`;
}

/** Copies a plain object without the members that are `undefined`, as `JSON.stringify` would leave them out. */
export function withoutUndefined<T extends object>(members: T): T {
  const copy: Partial<T> = {};
  for (const key in members) {
    if (members[key] !== undefined && Object.hasOwn(members, key)) copy[key] = members[key];
  }
  return copy as T;
}

/** How deep a stored value may be nested: far deeper than real data, and far from an overflow of the stack. */
export const MAX_DEPTH = 500;

/** Whether assigning to a key replaces a prototype. No value has it; other forbidden keys are stored in another form. */
export function isPrototypeKey(key: string): boolean {
  return key === "__proto__";
}

/** Whether code that copies objects may follow a key to a prototype. Such keys are no keys of a journal's JSON. */
export function isForbiddenKey(key: string): boolean {
  return isPrototypeKey(key) || key === "constructor" || key === "prototype";
}

// A ref at the last level is written as an object with an array in it.
const MAX_COPY_DEPTH = MAX_DEPTH + 2;

/** Copies JSON data, which may be hostile: refuses a forbidden key and too deep nesting. */
export function copyJson(json: Json, depth = 0): Json {
  if (typeof json !== "object" || json === null) return json;
  if (depth >= MAX_COPY_DEPTH) {
    throw new TypeError(`Cannot decode a value: it is nested deeper than ${MAX_DEPTH} levels`);
  }
  if (Array.isArray(json)) return json.map((element) => copyJson(element, depth + 1));
  const target: Record<string, Json> = {};
  for (const [key, member] of Object.entries(json)) {
    if (isForbiddenKey(key)) throw new TypeError(`Cannot decode a value: it has the key "${key}"`);
    target[key] = copyJson(member, depth + 1);
  }
  return target;
}

/** One level of a value can take several of JSON, like a row of a map. Nothing that is written reaches this limit. */
const MAX_JSON_DEPTH = 4 * MAX_DEPTH;

/** Finds forbidden keys and too deep nesting, which no journal of ours has. Says so as the end of a sentence. */
export function findJsonFault(json: unknown, isRefused = isForbiddenKey, depth = 0): string | undefined {
  if (typeof json !== "object" || json === null) return undefined;
  if (depth >= MAX_JSON_DEPTH) return `is nested deeper than ${MAX_JSON_DEPTH} levels`;
  const isList = Array.isArray(json);
  const refused = isList ? undefined : Object.keys(json).find((key) => isRefused(key));
  if (refused !== undefined) return `has the key "${refused}"`;
  for (const part of isList ? json : Object.values(json)) {
    const fault = findJsonFault(part, isRefused, depth + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** What is nested deeper than this stands on one line: indented, a value would take the square of its depth. */
const MAX_INDENTED = 16;

/** Writes plain data as JSON for people, indented as by `JSON.stringify(data, null, 2)`. */
export function prettyJson(data: unknown): string {
  return isDeeper(data, MAX_INDENTED) ? indent(data, MAX_INDENTED, "\n") ?? "null" : JSON.stringify(data, null, 2);
}

function isDeeper(data: unknown, depth: number): boolean {
  if (typeof data !== "object" || data === null) return false;
  return depth === 0 || Object.values(data).some((part) => isDeeper(part, depth - 1));
}

/** @param line The end of a line and the indentation of the next. */
function indent(data: unknown, depth: number, line: string): string | undefined {
  if (typeof data !== "object" || data === null || depth === 0) return JSON.stringify(data);
  const inner = `${line}  `;
  const within = (part: unknown) => indent(part, depth - 1, inner);
  if (Array.isArray(data)) return encloseLines("[", data.map((part) => within(part) ?? "null"), "]", line);
  const members = Object.entries(data).map(([key, part]) => ({ key: JSON.stringify(key), text: within(part) }));
  const shown = members.flatMap(({ key, text }) => (text === undefined ? [] : [`${key}: ${text}`]));
  return encloseLines("{", shown, "}", line);
}

function encloseLines(begin: string, parts: readonly string[], end: string, line: string): string {
  return parts.length === 0 ? begin + end : `${begin}${line}  ${parts.join(`,${line}  `)}${line}${end}`;
}
