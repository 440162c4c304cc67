import { types } from "node:util";
import { readBrand } from "../values/brand.ts";
import { MAX_DEPTH } from "../values/max_depth.ts";

/**
 * Tells whether a sub-plan lies somewhere in a value that cannot be stored: in an object, an array, a map or a set. Runs no
 * code of the value.
 */
export function holdsSubPlan(value: unknown): boolean {
  const seen = new Set<object>();
  const search = (part: unknown, depth: number): boolean => {
    if (typeof part !== "object" || part === null || types.isProxy(part)) return false;
    if (depth > MAX_DEPTH || seen.has(part)) return false;
    seen.add(part);
    return isSubPlan(part) || partsOf(part).some((inner) => search(inner, depth + 1));
  };
  return search(value, 0);
}

/** One of another version of the library is lost as well. */
function isSubPlan(part: object): boolean {
  try {
    return readBrand(part, "plan") !== undefined;
  } catch {
    return true;
  }
}

function partsOf(part: object): readonly unknown[] {
  if (types.isMap(part)) return [...Map.prototype.entries.call(part)].flat();
  if (types.isSet(part)) return [...Set.prototype.values.call(part)];
  if (ArrayBuffer.isView(part)) return [];
  return Object.values(Object.getOwnPropertyDescriptors(part)).map((property) => property.value);
}
