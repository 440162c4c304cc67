import { isGroup } from "../plan/node.ts";
import { mayHaveHappened } from "./rollback.ts";
import { ImpossibleEvent, type State } from "./state.ts";
import type { Container, StepState } from "./step_state.ts";
import { isUntouched, parentId, walkSteps } from "./walk_steps.ts";

/** Has the transaction run again from a step on: that step and all behind it are pending, as if they had never run. */
export function rewind(state: State, from: StepState): void {
  if (state.status === "cancelled" || state.status === "undone" || state.rollback !== undefined) {
    throw new ImpossibleEvent("a transaction that was cancelled or rolled back cannot be rewound");
  }
  if (state.running.size > 0) throw new ImpossibleEvent("a transaction was rewound while a step was at work");
  const steps = rewoundSteps(state, from);
  for (const step of steps) if (mayHaveHappened(step)) state.rewound.add(step.node.id);
  for (const step of steps) reset(state, step);
  bringBack(state, from);
  resetCursors(state.root);
  state.aborted = undefined;
  state.waits = [];
  state.status = state.startedAt === undefined ? "pending" : "started";
}

/** A step and all behind it, in the order of the plan. */
export function rewoundSteps(state: State, from: StepState): readonly StepState[] {
  const all = [...walkSteps(state.root)];
  return all.slice(all.indexOf(from));
}

/**
 * What the first step lies in takes part again, if it was left out as a whole. And what was decided about it cannot be
 * taken back: that would bring back what was true of the steps in it.
 */
function bringBack(state: State, from: StepState): void {
  for (let id = parentId(from.node.id); id !== undefined; id = parentId(id)) {
    const container = state.byId.get(id);
    if (container === undefined) continue;
    container.undecided = undefined;
    if (container.status === "skipped" && container.marks?.isRemoved !== true) container.status = "pending";
  }
}

function reset(state: State, step: StepState): void {
  // It went with the step that returned it.
  if (!state.byId.has(step.node.id)) return;
  // What was taken out of the plan does not come back into it.
  if (step.marks?.isRemoved === true) return;
  if (step.attempts > 0) step.generation = (step.generation ?? 0) + 1;
  Object.assign(step, { status: "pending", value: undefined, marks: undefined, undecided: undefined });
  if (step.children === undefined || isGroup(step.node)) return;
  for (const child of walkSteps(step.children)) {
    state.byId.delete(child.node.id);
    if (child.node.name !== undefined) state.names.delete(child.node.name);
  }
  step.children.children.length = 0;
}

function resetCursors(container: Container): void {
  container.cursor = 0;
  for (const { children } of container.children) {
    if (children !== undefined) resetCursors(children);
  }
}

/** Tells why a transaction cannot be run again from a step on, as the end of a sentence; nothing if it can. */
export function checkRewind(state: State, from: StepState): string | undefined {
  if (state.rollback !== undefined) return "the transaction is being rolled back";
  if (state.status === "cancelled" || state.status === "undone") return `the transaction is ${state.status}`;
  if (rewoundSteps(state, from).every(isUntouched)) return "neither it nor a step behind it has been begun";
  return undefined;
}
