import type { PlanNode } from "../plan/node.ts";
import type { State } from "./state.ts";
import type { Container, StepState } from "./step_state.ts";

/** The nodes of a container with all that is in them, in the order of the plan: a group stands before its children. */
export function* walkSteps({ children }: Container): Generator<StepState> {
  for (const step of children) {
    yield step;
    if (step.children !== undefined) yield* walkSteps(step.children);
  }
}

/** The id of the group or step that a node is in; nothing for one that is in no other. */
export function parentId(id: string): string | undefined {
  const dot = id.lastIndexOf(".");
  return dot === -1 ? undefined : id.slice(0, dot);
}

/** The nodes that the author planned, in order, with the arguments as they are now. */
export function* plannedNodes(state: State): Generator<PlanNode> {
  let left = state.planned;
  for (const { node } of state.byId.values()) {
    if (left === 0) return;
    left -= 1;
    yield node;
  }
}
