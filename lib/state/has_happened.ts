import type { StepState } from "./step_state.ts";
import { walkSteps } from "./walk_steps.ts";

/** Whether a node has come to its end, or is at work, or may have been: it cannot be as if it never was. */
export function hasHappened({ status }: StepState): boolean {
  return status === "finished" || status === "started" || status === "unknown" || status === "undone";
}

/** The first of a node and of what lies in it that was begun; what is planned no more does not count. */
export function findBegun(step: StepState): StepState | undefined {
  if (!isUntouched(step)) return step;
  const inside = step.children === undefined ? [] : [...walkSteps(step.children)];
  return inside.find((part) => part.isRemoved !== true && !isUntouched(part));
}

/** Whether a node was never begun. */
export function isUntouched({ status, attempts }: StepState): boolean {
  return status === "pending" && attempts === 0;
}
