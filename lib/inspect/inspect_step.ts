import type { PlanNode } from "../plan/node.ts";
import type { State, StepState } from "../state/state.ts";
import { interruptedPolicy } from "../state/next_action.ts";
import { formatCall } from "./format_call.ts";
import { formatValue } from "./format_value.ts";
import type { InspectedStep } from "./inspection.ts";

/** Says what is true of a step, as plain data. */
export function inspectStep(state: State, step: StepState, isHeld: boolean): InspectedStep {
  const { node, startedAt, ms, dropped, attempts } = step;
  const isReferenced = state.referenced.has(node.id);
  const offsetMs = offsetOf(state, startedAt);
  return {
    id: node.id,
    ...(node.name === undefined ? {} : { name: node.name }),
    kind: node.kind,
    ...describeNode(state, node),
    call: formatCall(state, node, { isReferenced }),
    status: step.status === "started" && !isHeld ? "unknown" : step.status,
    policy: policyOf(step),
    isApproved: step.isApproved,
    ...(step.retryAt === undefined ? {} : { retryAt: step.retryAt }),
    attempts,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(offsetMs === undefined ? {} : { offsetMs }),
    ...(ms === undefined ? {} : { ms }),
    ...describeValue(step),
    ...(dropped === undefined ? {} : { dropped }),
    isReferenced,
    failures: step.failures ?? [],
    decisions: step.decisions ?? [],
  };
}

function describeNode(state: State, node: PlanNode): Partial<InspectedStep> {
  if (node.kind !== "step") return {};
  const { args, argsMeta, options } = node;
  return {
    module: state.modules[node.module]?.url ?? "",
    export: node.export,
    ...(args === undefined ? {} : { args }),
    ...(argsMeta === undefined ? {} : { argsMeta }),
    ...(options === undefined ? {} : { options }),
  };
}

function describeValue({ status, value, dropped }: StepState): Partial<InspectedStep> {
  if (status !== "finished" || value === undefined || dropped !== undefined) return {};
  return {
    ...(value.value === undefined ? {} : { value: value.value }),
    ...(value.meta === undefined ? {} : { valueMeta: value.meta }),
    valueText: formatValue(value),
  };
}

/** Whoever goes on finds a step that was started interrupted once more. */
function policyOf(step: StepState): InspectedStep["policy"] {
  const policy = interruptedPolicy(step, step.interruptions + (step.status === "started" ? 1 : 0));
  return typeof policy === "object" ? "probe" : policy;
}

function offsetOf(state: State, startedAt: string | undefined): number | undefined {
  if (startedAt === undefined || state.startedAt === undefined) return undefined;
  return Date.parse(startedAt) - Date.parse(state.startedAt);
}
