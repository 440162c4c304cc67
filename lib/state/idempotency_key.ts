import type { State } from "./state.ts";
import type { StepState } from "./step_state.ts";

/**
 * What a step function finds as `context().idempotencyKey`: the same in each attempt, another one after a rewind, and
 * another one for its undo.
 */
export function idempotencyKey({ id }: Pick<State, "id">, step: StepState, kind: "run" | "probe" | "undo"): string {
  return `${id}/${step.node.id}/${step.generation ?? 0}${kind === "undo" ? "/undo" : ""}`;
}
