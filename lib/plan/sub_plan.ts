import { setBrand } from "../values/brand.ts";
import { type Plan, PlanBuilder, type PlanBuilderOptions } from "./plan_builder.ts";
import type { Planner } from "./planner.ts";
import type { NotAsync } from "./plan_scopes.ts";
import type { SubPlan, Value } from "./ref.ts";
import { readSubPlan } from "./returned_value.ts";

/**
 * Makes a plan for a step to return. Its steps are recorded in the journal and run in place of the step, before any later
 * step. Use it for conditions and loops over values that are known only when the transaction runs.
 *
 * The value of the step is what the callback returns, with refs replaced by values. The callback is called once, when the
 * step has returned, and must not be async: do asynchronous work in the step, before it returns the plan. A step that has
 * returned is never called again: after a crash, its plan comes from the journal; if the plan was not recorded, the step is
 * `unknown` like any other. The steps of the plan follow the rules for all steps. A plain function, not a
 * member of `steps(…)`, is looked up in the module that defines the step which returns the plan. Options that the step's
 * planner shared are not inherited.
 *
 * A sub-plan must be the whole value that a step returns: as an argument, or as a part of a value, it is refused.
 *
 * @typeParam V What the callback returns: a ref, a structure with refs in it, any value that can be stored, or nothing.
 * @param build Adds the steps. It cannot use refs of other plans: pass their values to the step as arguments.
 * @returns The plan. A step function returns it, or a promise of it.
 * @throws {TypeError} `build` is not a function.
 *
 * @example
 * ```ts
 * import { plan, type SubPlan, Transaction } from "@x/resumable-tx";
 *
 * export async function listFiles(folder: string): Promise<string[]> {
 *   return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
 * }
 * export function upload(name: string): string {
 *   return `https://files.example/${name}`;
 * }
 * export function uploadAll(names: readonly string[]): SubPlan<string[]> {
 *   return plan((t) => t.parallel((p) => names.map((name) => p.do(upload, name)), { limit: 4 }));
 * }
 *
 * const t = new Transaction(import.meta);
 * t.do(uploadAll, t.do(listFiles, "/srv/reports"));
 * ```
 */
export function plan<V>(build: ((t: Planner) => V) & NotAsync<V>): SubPlan<Value<V>> {
  if (typeof build !== "function") throw new TypeError("Cannot make a sub-plan: pass a function that plans it");
  // The type of its value exists only in the type checker.
  return new ReturnedPlan(build) as unknown as SubPlan<Value<V>>;
}

/** Builds the plan that a step has returned; nothing if the awaited value is something else. */
export function buildSubPlan(value: unknown, options: PlanBuilderOptions): Plan | undefined {
  const brand = readSubPlan(value);
  if (brand === undefined) return undefined;
  const builder = new PlanBuilder(options);
  // The copy of the library that made it has checked that it is a function.
  return builder.seal(brand.build(builder.planner({}) as never));
}

/** Carries the callback. A class, so that it does not pass for an empty object. */
class ReturnedPlan {
  constructor(build: (t: Planner) => unknown) {
    setBrand(this, "plan", { build });
  }
}
