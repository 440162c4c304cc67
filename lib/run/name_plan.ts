import { functionKey, type FunctionName } from "../modules/function_name.ts";
import { type FunctionToName, nameFunctions } from "../modules/name_functions.ts";
import { isStepFunction, type StepFunction } from "../modules/step_function.ts";
import type { Home } from "../plan/home.ts";
import { labelStep, type Plan } from "../plan/planned_step.ts";
import { readBrand } from "../values/brand.ts";

/** The names of a step's functions. */
export interface StepNames {
  /** The step function. */
  readonly step: FunctionName;
  /** The probe, if it has one. */
  readonly probe?: FunctionName;
}

/** The functions of a plan, by name. */
export interface NamedPlan {
  /** The names, step by step. */
  readonly names: readonly StepNames[];
  /** Functions that the program handed over itself, by `functionKey`: they need no import. */
  readonly known: ReadonlyMap<string, StepFunction>;
}

/**
 * Names all functions of a plan.
 *
 * @throws {TypeError} One cannot be found again by another process.
 */
export async function namePlan(home: Home, plan: Plan): Promise<NamedPlan> {
  const wanted: FunctionToName[] = [];
  for (const { id, fn, options } of plan.steps) {
    const label = labelStep(id, options.name ?? fn.name);
    wanted.push({ fn, label });
    if (typeof options.interrupted === "function") {
      wanted.push({ fn: options.interrupted, label: `the probe of ${label}` });
    }
  }
  const found = (await nameFunctions(home, wanted)).values();
  const names = plan.steps.map(({ options }): StepNames => {
    const step = take(found);
    return typeof options.interrupted === "function" ? { step, probe: take(found) } : { step };
  });
  return { names, known: knownFunctions(plan, names) };
}

function take(names: Iterator<FunctionName>): FunctionName {
  const next = names.next();
  if (next.done === true) throw new TypeError("A function of the plan was not named");
  return next.value;
}

function knownFunctions(plan: Plan, names: readonly StepNames[]): ReadonlyMap<string, StepFunction> {
  const known = new Map<string, StepFunction>();
  const add = (name: FunctionName | undefined, fn: unknown) => {
    if (name === undefined || !isStepFunction(fn) || readBrand(fn, "step-function") !== undefined) return;
    known.set(functionKey(name), fn);
  };
  for (const [position, { fn, options }] of plan.steps.entries()) {
    add(names[position]?.step, fn);
    add(names[position]?.probe, options.interrupted);
  }
  return known;
}
