import type { DecisionRequest } from "../../lib/run/transaction_options.ts";
import { applyEvent } from "../../lib/state/apply_event.ts";
import { nextAction } from "../../lib/state/next_action.ts";
import type { State } from "../../lib/state/state.ts";
import { type Effect, stepValue } from "./kill_steps.ts";

/** What a person would say who has looked at the log; nothing where resume will not ask. */
export function answerFromLog(state: State, effects: readonly Effect[]): readonly DecisionRequest[] {
  if (state.status === "finished") return [];
  const later = structuredClone(state);
  applyEvent(later, { type: "resumed", run: state.runs.length + 1, library: state.library }, state.lastAt);
  const next = nextAction(later);
  if (next.kind !== "ask") return [];
  const step = next.step.node.id;
  if (!effects.some((effect) => effect.step === step)) return [{ step, decision: "retry" }];
  return [{ step, decision: "done", result: { value: stepValue(step) } }];
}

/** The words of a command that resumes a journal with decisions. */
export function resumeWords(journal: string, decisions: readonly DecisionRequest[]): readonly string[] {
  const flags = decisions.flatMap(({ step, decision, result }) => [
    `--${decision}`,
    step,
    ...(result === undefined ? [] : ["--result", JSON.stringify(result.value)]),
  ]);
  return ["resume", journal, ...flags];
}
