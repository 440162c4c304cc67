import type { State } from "./state.ts";
import { isUndoing, type StepState } from "./step_state.ts";

/** The function of a step that is called. */
export type CallKind = "run" | "undo" | "probe";

/** The idempotency key of a call: one for all attempts until the step is rewound, and another one for its undo. */
export function idempotencyKey({ id }: State, { node, generation = 0 }: StepState, kind: CallKind): string {
  return `${id}/${node.id}/${generation}${kind === "undo" ? "/undo" : ""}`;
}

/** Which of its functions a step calls next, or called last when nothing of it is left to call. */
export function nextCallKind({ rollback }: State, step: StepState): "run" | "undo" {
  const isUndo = isUndoing(step) || step.status === "undone" || rollback?.queue.includes(step) === true;
  return isUndo ? "undo" : "run";
}
