import type { Code } from "../plan/node.ts";
import { findPlaceholders } from "../values/find_placeholders.ts";
import type { Encoded } from "../values/json.ts";
import { isComplete } from "./apply_event.ts";
import { encodedArguments } from "./encoded_arguments.ts";
import { encodedResult } from "./encoded_result.ts";
import { findStep, type State, type StepState } from "./state.ts";

/** What a run has to do next. */
export type NextAction =
  /** Start this step. */
  | { readonly kind: "run"; readonly step: StepState }
  /** Wait until then before the step is tried again. */
  | { readonly kind: "sleep"; readonly step: StepState; readonly until: string }
  /** Ask the step's probe how it ended. */
  | { readonly kind: "probe"; readonly step: StepState; readonly probe: Code }
  /** Stop: somebody must say how this step ended, or what its value is. */
  | { readonly kind: "ask"; readonly step: StepState; readonly reason: "unknown" | "value" }
  /** Stop: a step has failed. */
  | { readonly kind: "stop" }
  /** Nothing is left to do. */
  | { readonly kind: "end" };

/** So many interrupted attempts in a row: then the author's policy becomes "ask", in case it is the step that kills its process. */
export const MAX_INTERRUPTIONS = 3;

/**
 * Decides what a run has to do next. The state must not be one that is cancelled, undone or finished.
 *
 * @param state What is true now.
 */
export function nextAction(state: State): NextAction {
  if (state.status === "aborted") return { kind: "stop" };
  if (isComplete(state)) {
    const lost = lostValue(state, encodedResult(state));
    return lost === undefined ? { kind: "end" } : { kind: "ask", step: lost, reason: "value" };
  }
  const step = state.steps[state.cursor];
  if (step === undefined) return { kind: "end" };
  if (step.status === "unknown" && !step.isApproved) {
    const policy = interruptedPolicy(step, step.interruptions);
    if (typeof policy === "object") return { kind: "probe", step, probe: policy };
    if (policy === "ask") return { kind: "ask", step, reason: "unknown" };
  }
  if (step.retryAt !== undefined) return { kind: "sleep", step, until: step.retryAt };
  return runOrAsk(state, step);
}

/** What comes when a step's time has come. */
export function runOrAsk(state: State, step: StepState): NextAction {
  const lost = lostValue(state, encodedArguments(step));
  return lost === undefined ? { kind: "run", step } : { kind: "ask", step: lost, reason: "value" };
}

/**
 * What is done about a step that nobody knows the end of and nobody has decided about.
 *
 * @param interruptions How many attempts in a row were interrupted.
 */
export function interruptedPolicy(step: StepState, interruptions: number): "ask" | "retry" | Code {
  if (step.node.kind !== "step" || interruptions >= MAX_INTERRUPTIONS) return "ask";
  return step.node.options?.interrupted ?? "ask";
}

/** The first step that a value refers to and whose own value is not there. */
function lostValue(state: State, encoded: Encoded): StepState | undefined {
  if (encoded.meta === undefined) return undefined;
  for (const placeholder of findPlaceholders(encoded)) {
    if (placeholder.kind !== "ref") continue;
    const step = findStep(state, placeholder.step);
    if (step !== undefined && (step.dropped !== undefined || step.status === "skipped")) return step;
  }
  return undefined;
}
