import type { FunctionName } from "../modules/function_name.ts";
import type { Code, NodeOptions, PlanNode, StepNode } from "../plan/node.ts";
import type { Plan, PlannedStep } from "../plan/planned_node.ts";
import type { NodeNames } from "./name_plan.ts";

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
  const { value, meta } = planned.args;
  return {
    id: planned.id,
    ...(name === undefined ? {} : { name }),
    kind: "step",
    ...step,
    ...(value === undefined ? {} : { args: value }),
    ...(meta === undefined ? {} : { argsMeta: meta }),
    ...(Object.keys(options).length === 0 ? {} : { options }),
  };
}
