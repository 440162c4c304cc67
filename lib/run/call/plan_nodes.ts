import { storeArguments } from "../../journal/stored_value.ts";
import type { FunctionToName } from "../../modules/name_functions.ts";
import { functionKey, type FunctionName, isStepFunction, type StepFunction } from "../../modules/step_function.ts";
import type { Home } from "../../plan/home.ts";
import { type Code, labelStep, type NodeOptions, type PlanNode, type StepNode } from "../../plan/node.ts";
import type { Plan, PlannedNode, PlannedStep } from "../../plan/planned_node.ts";
import { readBrand } from "../../values/brand.ts";

/**
 * Makes the nodes of a plan as they are stored.
 *
 * @param plan The plan, of a transaction or of a step.
 * @param names For each node the names of its functions.
 * @param toModule Gives a module's place in the module table; it may add it there.
 */
export function planNodes(
  plan: Plan,
  names: readonly NodeNames[],
  toModule: (url: string) => number,
): readonly PlanNode[] {
  const toCode = (name: FunctionName): Code => ({ module: toModule(name.module), export: name.export });
  return plan.nodes.map((node, position): PlanNode => {
    if (node.kind !== "step") return node;
    const { step, probe, undo } = names[position] ?? {};
    if (step === undefined) throw new TypeError(`Step ${node.id} of the plan was not named`);
    const functions: StepCodes = { step: toCode(step), probe: probe && toCode(probe), undo: undo && toCode(undo) };
    return stepNode(node, functions);
  });
}

interface StepCodes {
  readonly step: Code;
  readonly probe: Code | undefined;
  readonly undo: Code | undefined;
}

function stepNode(planned: PlannedStep, { step, probe, undo }: StepCodes): StepNode {
  const { name, retry, timeoutMs } = planned.options;
  const interrupted = typeof planned.options.interrupted === "function" ? probe : planned.options.interrupted;
  const options: NodeOptions = {
    ...(retry === undefined ? {} : { retry }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(interrupted === undefined ? {} : { interrupted }),
    ...(undo === undefined ? {} : { undo }),
  };
  return {
    id: planned.id,
    ...(name === undefined ? {} : { name }),
    kind: "step",
    ...step,
    ...storeArguments(planned.args),
    ...(Object.keys(options).length === 0 ? {} : { options }),
  };
}

/** The names of a node's functions; of a node that is no step, none. */
export interface NodeNames {
  /** The step function. */
  readonly step?: FunctionName;
  /** The probe, if it has one. */
  readonly probe?: FunctionName;
  /** The function that takes it back, if it has one. */
  readonly undo?: FunctionName;
}

/** The functions of a plan, by name. */
interface NamedPlan {
  /** The names, node by node. */
  readonly names: readonly NodeNames[];
  /** Functions that the program handed over itself, by `functionKey`: they need no import. */
  readonly known: ReadonlyMap<string, StepFunction>;
}

/** What a function is to its step. */
type Role = keyof NodeNames;

/**
 * Names all functions of a plan.
 *
 * @throws {TypeError} One cannot be found again by another process.
 */
export async function namePlan(home: Home, plan: Plan): Promise<NamedPlan> {
  const wanted = plan.nodes.map(functionsOf);
  // Only who plans needs it: what it is made of takes 20 ms to load.
  const { nameFunctions } = await import("../../modules/name_functions.ts");
  const found = (await nameFunctions(home, wanted.flat())).values();
  const known = new Map<string, StepFunction>();
  const names = wanted.map((functions): NodeNames => {
    const named: Partial<Record<Role, FunctionName>> = {};
    for (const { role, fn } of functions) {
      const name = take(found);
      named[role] = name;
      if (isStepFunction(fn) && readBrand(fn, "step-function") === undefined) known.set(functionKey(name), fn);
    }
    return named;
  });
  return { names, known };
}

function functionsOf(node: PlannedNode): (FunctionToName & { readonly role: Role })[] {
  if (node.kind !== "step") return [];
  const { id, fn, options: { name, interrupted, undo } } = node;
  const label = labelStep(id, name ?? fn.name);
  const functions: (FunctionToName & { readonly role: Role })[] = [{ role: "step", fn, label }];
  if (typeof interrupted === "function") {
    functions.push({ role: "probe", fn: interrupted, label: `the probe of ${label}` });
  }
  if (undo !== undefined) functions.push({ role: "undo", fn: undo, label: `the undo of ${label}` });
  return functions;
}

function take(names: Iterator<FunctionName>): FunctionName {
  const next = names.next();
  if (next.done === true) throw new TypeError("A function of the plan was not named");
  return next.value;
}
