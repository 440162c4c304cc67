import { readArguments } from "../journal/stored_value.ts";
import type { PlanNode } from "../plan/node.ts";
import type { Encoded } from "../values/json.ts";
import type { State } from "./state.ts";
import { type Container, resetCursor, type StepState } from "./step_state.ts";

/** The nodes of a container with everything in them, in the order of the plan: a group comes before its children. */
export function* walkSteps({ children }: Pick<Container, "children">): Generator<StepState> {
  for (const step of children) {
    yield step;
    if (step.children !== undefined) yield* walkSteps(step.children);
  }
}

/** A node, and everything in it, in the order of the plan. */
export function partsOf(step: StepState): readonly StepState[] {
  return step.children === undefined ? [step] : [step, ...walkSteps(step.children)];
}

/** The id of a node, and of those that it is in, the innermost first. */
export function* idsAround(id: string): Generator<string> {
  for (let outer: string | undefined = id; outer !== undefined; outer = parentId(outer)) yield outer;
}

/** The groups and steps that a node is in, the innermost first. */
export function nodesAround(state: State, id: string): IteratorObject<StepState> {
  return idsAround(id).drop(1).map((outer) => state.byId.get(outer)).filter((step) => step !== undefined);
}

/** A node is open again, or a new one is beside it: what is settled is looked for anew in everything around it. */
export function reopenAround(state: State, id: string): void {
  for (const { children } of nodesAround(state, id)) if (children !== undefined) resetCursor(children);
  resetCursor(state.root);
}

/** The steps after one, and not in it; all steps if there is none, and none after a step that is not planned. */
export function* stepsAfter(state: State, id: string | undefined): Generator<StepState> {
  if (id === undefined) return yield* walkSteps(state.root);
  let step = state.byId.get(id);
  while (step !== undefined) {
    const outer = state.byId.get(parentId(step.node.id) ?? "");
    const children = (outer?.children ?? state.root).children;
    const position = children.lastIndexOf(step);
    yield* walkSteps({ children: position === -1 ? [] : children.slice(position + 1) });
    step = outer;
  }
}

/** Whether a node comes before another one that it does not hold, both of the plan as it is. */
export function isPlannedBefore(state: State, id: string, other: string): boolean {
  const around = [...idsAround(other)];
  for (const place of idsAround(id)) {
    const outer = parentId(place);
    const step = state.byId.get(place);
    const right = state.byId.get(around.find((against) => parentId(against) === outer) ?? "");
    if (step === undefined || right === undefined) continue;
    const { children } = (outer === undefined ? undefined : state.byId.get(outer)?.children) ?? state.root;
    const position = children.indexOf(step);
    return position !== -1 && position < children.lastIndexOf(right);
  }
  return false;
}

/** The id of the group or step that a node is in; nothing for one that is in no other. */
export function parentId(id: string): string | undefined {
  const dot = id.lastIndexOf(".");
  return dot === -1 ? undefined : id.slice(0, dot);
}

/** The nodes that the author planned, in order, with the arguments as they are now. */
export function plannedNodes({ byId, planned }: State): IteratorObject<PlanNode> {
  return byId.values().take(planned).map(({ node }) => node);
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
