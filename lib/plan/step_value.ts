import { types } from "node:util";
import { readBrand } from "../values/brand.ts";
import { MAX_DEPTH } from "../values/json.ts";
import type { Value } from "./ref.ts";

/**
 * A plan that a step returns: its steps run in place of the step. Made by `plan`.
 *
 * @typeParam V What the plan returns: a ref, or a structure with refs in it.
 *
 * @example
 * ```ts
 * import { plan, type Ref, type SubPlan } from "@x/resumable-tx";
 *
 * export function double(n: number): number {
 *   return 2 * n;
 * }
 * // For later steps, its value is a number in either case.
 * export function doubleUntil(limit: number, n: number): number | SubPlan<Ref<number>> {
 *   if (n >= limit) return n;
 *   return plan((t) => t.do(doubleUntil, limit, t.do(double, n)));
 * }
 * ```
 */
export interface SubPlan<V> {
  /** Only for the type checker: there is no such property. */
  readonly "~plan": V;
}

/**
 * The value of a step whose function returns `R`: promises are awaited, and a sub-plan is replaced by its value.
 *
 * @typeParam R What the step function returns.
 *
 * @example
 * ```ts
 * import type { Ref, StepValue, SubPlan } from "@x/resumable-tx";
 *
 * type Sizes = StepValue<Promise<SubPlan<Ref<number>[]>>>;
 * const sizes: Sizes = [1, 2];
 * console.log(sizes);
 * ```
 */
export type StepValue<R> = Awaited<R> extends infer T ? T extends SubPlan<infer V> ? Value<V> : T : never;

/** Whether a value that cannot be stored contains a sub-plan, in an object, array, map or set. Runs no code of the value. */
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

/** One of another version of the library counts as well. */
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
