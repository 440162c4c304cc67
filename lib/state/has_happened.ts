import type { StepState } from "./step_state.ts";

/** Whether a node has come to its end, or is at work, or may have been: it cannot be as if it never was. */
export function hasHappened({ status }: StepState): boolean {
  return status === "finished" || status === "started" || status === "unknown" || status === "undone";
}

/** Whether a node was never begun. */
export function isUntouched({ status, attempts }: StepState): boolean {
  return status === "pending" && attempts === 0;
}
