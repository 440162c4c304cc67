import { readArguments } from "../journal/stored_value.ts";
import type { PlanNode } from "../plan/node.ts";
import type { Encoded } from "../values/json.ts";
import type { State } from "./state.ts";
import type { Container, StepState } from "./step_state.ts";

/** The nodes of a container with everything in them, in the order of the plan: a group comes before its children. */
export function* walkSteps({ children }: Container): Generator<StepState> {
  for (const step of children) {
    yield step;
    if (step.children !== undefined) yield* walkSteps(step.children);
  }
}

/** A node, and everything in it, in the order of the plan. */
export function partsOf(step: StepState): readonly StepState[] {
  return step.children === undefined ? [step] : [step, ...walkSteps(step.children)];
}

/** The groups and steps that a node is in, the innermost first. */
export function* nodesAround(state: State, id: string): Generator<StepState> {
  for (let outer = parentId(id); outer !== undefined; outer = parentId(outer)) {
    const step = state.byId.get(outer);
    if (step !== undefined) yield step;
  }
}

/** The steps after one, and not in it; all steps if there is none. */
export function* stepsAfter(state: State, id: string | undefined): Generator<StepState> {
  let isAfter = id === undefined;
  for (const step of walkSteps(state.root)) {
    if (isAfter && !step.node.id.startsWith(`${id}.`)) yield step;
    if (step.node.id === id) isAfter = true;
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

/** Whether a node has finished, is running, or may have run: it cannot be as if it never was. */
export function hasHappened({ status }: StepState): boolean {
  return status === "finished" || status === "started" || status === "unknown" || status === "undone";
}

/** The first of a node and the nodes in it that was begun; removed ones do not count. */
export function findBegun(step: StepState): StepState | undefined {
  if (!isUntouched(step)) return step;
  return partsOf(step).find((part) => part.marks?.isRemoved !== true && !isUntouched(part));
}

export function isUntouched({ status, attempts }: StepState): boolean {
  return status === "pending" && attempts === 0;
}

export function encodedArguments(step: StepState): Encoded {
  return step.node.kind === "step" ? readArguments(step.node) : {};
}
