import type { State } from "./state.ts";
import type { StepState } from "./step_state.ts";

/** Nothing is waited for any more at a step: it goes on, or somebody has decided. */
export function clearWait(state: State, step: StepState): void {
  if (!state.waits.some((wait) => wait.step === step.node.id)) return;
  state.waits = state.waits.filter((wait) => wait.step !== step.node.id);
  if (state.status === "waiting" && state.waits.length === 0) state.status = "started";
}
