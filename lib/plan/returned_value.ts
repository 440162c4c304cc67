import types from "node:util/types";
import { type BrandData, readBrand } from "../values/brand.ts";
import { MAX_DEPTH } from "../values/json.ts";
import { attempt } from "../values/shape.ts";

/** What a sub-plan carries; nothing if an awaited value is something else. Runs no code of the value. */
export function readSubPlan(value: unknown): BrandData["plan"] | undefined {
  return typeof value !== "object" || value === null || types.isProxy(value) ? undefined : readBrand(value, "plan");
}

/** Whether a value that cannot be stored contains a sub-plan, in an object, array, map or set. Runs no code of the value. */
export function holdsSubPlan(value: unknown): boolean {
  const seen = new Set<object>();
  const search = (part: unknown, depth: number): boolean => {
    if (typeof part !== "object" || part === null || types.isProxy(part)) return false;
    if (depth > MAX_DEPTH || seen.has(part)) return false;
    seen.add(part);
    // One of another version of the library, which throws, counts as well.
    const isSubPlan = attempt(() => readBrand(part, "plan") ?? false) !== false;
    return isSubPlan || partsOf(part).some((inner) => search(inner, depth + 1));
  };
  return search(value, 0);
}

function partsOf(part: object): readonly unknown[] {
  if (types.isMap(part)) return [...Map.prototype.entries.call(part)].flat();
  if (types.isSet(part)) return [...Set.prototype.values.call(part)];
  if (ArrayBuffer.isView(part)) return [];
  return Object.values(Object.getOwnPropertyDescriptors(part)).map((property) => property.value);
}
