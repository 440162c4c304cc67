import { isForbiddenKey } from "./is_forbidden_key.ts";
import type { Json } from "./json.ts";
import { MAX_DEPTH } from "./max_depth.ts";

// A ref at the last level is written as an object with an array in it.
const MAX_JSON_DEPTH = MAX_DEPTH + 2;

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
  if (depth >= MAX_JSON_DEPTH) {
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
