import type { PlanNode } from "../plan/node.ts";
import type { Container, StepState } from "./step_state.ts";

/**
 * Tells whether nothing is left to run among nodes. Moves the cursor over what is done, so that asking again costs
 * nothing.
 */
export function isComplete(container: Container): boolean {
  const { children } = container;
  for (;;) {
    const step = children[container.cursor];
    if (step === undefined) return true;
    if (!isDone(step)) return false;
    container.cursor += 1;
  }
}

/** Tells whether a node needs to run no more, with all that is in it. */
export function isDone(step: StepState): boolean {
  if (step.status === "skipped" || step.status === "undone") return true;
  if (!isGroup(step.node) && step.status !== "finished") return false;
  return step.children === undefined || isComplete(step.children);
}

/** Whether a node has children from the beginning. */
export function isGroup(node: PlanNode): boolean {
  return node.kind === "parallel" || node.kind === "sequence";
}
