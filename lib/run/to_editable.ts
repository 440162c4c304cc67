import { readBrand } from "../values/brand.ts";
import { decodeValue } from "../values/decode_value.ts";
import type { Encoded, Json, JsonObject } from "../values/json.ts";
import { StepRef } from "../plan/ref.ts";
import { env } from "../plan/env.ts";
import { safeText } from "../values/safe_text.ts";

/** Arguments as a person can edit them. */
export interface EditableArguments {
  /** A list in plain JSON. What JSON has no word for is an object with one key that begins with "$". */
  readonly json: readonly Json[];
  /** What cannot be written as text; `{"$keep": 0}` stands for the first of them. */
  readonly kept: readonly unknown[];
}

/** Whose refs are in arguments that are edited. Only the ids in them count. */
export const OWNER: object = {};

/** How much of what cannot be written is shown beside `$keep`. */
const MAX_SHOWN = 80;

/**
 * Writes the stored arguments of a step as plain JSON, from which `fromEditable` makes the same again.
 *
 * @throws {TypeError} They are not what this library stores.
 */
export function toEditable(encoded: Encoded): EditableArguments {
  const args = decodeValue(
    encoded,
    (placeholder) =>
      placeholder.kind === "env"
        ? env(placeholder.name)
        : new StepRef({ owner: OWNER, step: placeholder.step, path: placeholder.path }),
  ) ?? [];
  if (!Array.isArray(args)) throw new TypeError("The arguments in the journal are not a list");
  const kept: unknown[] = [];
  return { json: args.map((arg) => write(arg, kept)), kept };
}

function write(value: unknown, kept: unknown[]): Json {
  switch (typeof value) {
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : { $number: Object.is(value, -0) ? "-0" : String(value) };
    case "undefined":
      return { $undefined: true };
    case "bigint":
      return { $bigint: String(value) };
    case "string":
    case "boolean":
      return value;
    default:
      return value === null ? null : writeObject(value, kept);
  }
}

function writeObject(value: unknown, kept: unknown[]): Json {
  const ref = readBrand(value, "ref");
  if (ref !== undefined) return ref.path.length === 0 ? { $ref: ref.step } : { $ref: ref.step, path: [...ref.path] };
  const variable = readBrand(value, "env");
  if (variable !== undefined) return { $env: variable.name };
  if (Array.isArray(value)) return value.map((element) => write(element, kept));
  if (value instanceof Date) return { $date: value.toISOString() };
  if (value instanceof URL) return { $url: value.href };
  if (value instanceof RegExp) return { $regexp: String(value) };
  if (value instanceof Uint8Array) return { $bytes: value.toBase64() };
  if (value instanceof Map) {
    return { $map: Array.from(value, ([key, member]) => [write(key, kept), write(member, kept)]) };
  }
  if (value instanceof Set) return { $set: Array.from(value, (member) => write(member, kept)) };
  if (value instanceof Error) {
    return { $keep: kept.push(value) - 1, is: safeText(`${value.name}: ${value.message}`, MAX_SHOWN) };
  }
  return writePlain(value, kept);
}

/** An object of the author's own whose keys could be taken for one of these. */
function writePlain(value: unknown, kept: unknown[]): Json {
  const entries = Object.entries(Object(value)).map(([key, member]) => [key, write(member, kept)] as const);
  const object: JsonObject = Object.fromEntries(entries);
  return entries.some(([key]) => key.startsWith("$")) ? { $object: object } : object;
}
