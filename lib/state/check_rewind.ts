import { isUntouched } from "./has_happened.ts";
import { rewoundSteps } from "./rewind.ts";
import type { State } from "./state.ts";
import type { StepState } from "./step_state.ts";

/** Tells why a transaction cannot be run again from a step on, as the end of a sentence; nothing if it can. */
export function checkRewind(state: State, from: StepState): string | undefined {
  if (state.rollback !== undefined) return "the transaction is being rolled back";
  if (state.status === "cancelled" || state.status === "undone") return `the transaction is ${state.status}`;
  if (rewoundSteps(state, from).every(isUntouched)) return "neither it nor a step behind it has been begun";
  return undefined;
}
