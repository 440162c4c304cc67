import type { Value } from "./ref.ts";

/**
 * A plan that a step returns, to have more steps run in its place. Made by `plan`.
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
 * // Its value, to later steps, is a number in any case.
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
 * The value of a step whose function returns `R`: what is in the promise, and in place of a sub-plan what that returns.
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
