import { types } from "node:util";
import { readBrand, setBrand } from "../values/brand.ts";
import type { Plan } from "./planned_node.ts";
import { PlanBuilder, type PlanBuilderOptions } from "./plan_builder.ts";
import type { Planner } from "./planner.ts";
import type { SubPlan } from "./step_value.ts";

/**
 * Makes a plan for a step to return: its steps are written into the journal and run in the step's place, before what
 * comes after it. The way to have conditions and loops over values that are known only when the transaction runs.
 *
 * The step's value, to all that refers to it, is what the callback returns, with refs replaced by values. The callback is
 * called once, when the step has returned, and must not be async; what needs time or the world outside is for the step
 * itself, before it returns the plan. A step that has returned is never called again: after a crash its plan comes from
 * the journal, or, if it had not got there, the step is `unknown` like any other. The steps of the plan are subject to
 * the rules for all steps; a function without a name of its own is looked for in the module that the step which returns the
 * plan is written in. Options that the step's planner shared are not inherited.
 *
 * A sub-plan is only good as the whole of what a step returns: as an argument, or as a part of a value, it is refused.
 *
 * @typeParam V What the callback returns: a ref, a structure with refs in it, any value that can be stored, or nothing.
 * @param build Takes down the steps. Refs of other plans cannot be used in it: hand their values to the step as arguments.
 * @returns The plan, to be returned by a step function, also in a promise.
 * @throws {TypeError} `build` is no function.
 *
 * @example
 * ```ts
 * import { plan, type Ref, type SubPlan, Transaction } from "@x/resumable-tx";
 *
 * export async function listFiles(folder: string): Promise<string[]> {
 *   return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
 * }
 * export function upload(name: string): string {
 *   return `https://files.example/${name}`;
 * }
 * export function uploadAll(names: readonly string[]): SubPlan<readonly Ref<string>[]> {
 *   return plan((t) => t.parallel((p) => names.map((name) => p.do(upload, name)), { limit: 4 }));
 * }
 *
 * const t = new Transaction(import.meta);
 * t.do(uploadAll, t.do(listFiles, "/srv/reports"));
 * ```
 */
export function plan<V>(build: (t: Planner) => V): SubPlan<V> {
  if (typeof build !== "function") throw new TypeError("Cannot make a sub-plan: pass a function that plans it");
  // What it returns is known to the type checker alone.
  return new ReturnedPlan(build) as unknown as SubPlan<V>;
}

/**
 * Plans what a step has returned, if that is a sub-plan.
 *
 * @param value What the step function returned, awaited.
 * @returns The plan, or nothing: the value is no sub-plan.
 * @throws What the callback throws.
 * @throws {TypeError} {@linkcode RangeError} It cannot be planned, or another version of the library made it.
 */
export function buildSubPlan(value: unknown, options: PlanBuilderOptions): Plan | undefined {
  if (typeof value !== "object" || value === null || types.isProxy(value)) return undefined;
  const brand = readBrand(value, "plan");
  if (brand === undefined) return undefined;
  const builder = new PlanBuilder(options);
  // The copy of the library that keeps it has seen that it takes a planner.
  return builder.seal(brand.build(builder.planner({}) as never));
}

/** Carries the callback. A class, so that it is not taken for an empty object. */
class ReturnedPlan {
  constructor(build: (t: Planner) => unknown) {
    setBrand(this, "plan", { build });
  }
}
