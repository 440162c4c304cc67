import { isForbiddenKey } from "./is_forbidden_key.ts";
import { MAX_DEPTH } from "./max_depth.ts";

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
