import type { DecisionRequest } from "../../lib/run/transaction_options.ts";
import { applyEvent } from "../../lib/state/apply_event.ts";
import { nextActions } from "../../lib/state/next_actions.ts";
import type { State } from "../../lib/state/state.ts";
import { type Effect, stepValue } from "./kill_steps.ts";

/** What a person would say who has looked at the log; nothing where resume will not ask. */
export function answerFromLog(state: State, effects: readonly Effect[]): readonly DecisionRequest[] {
  if (state.status === "finished") return [];
  const later = structuredClone(state);
  applyEvent(later, { type: "resumed", run: state.runs.length + 1, library: state.library }, state.lastAt);
  if (later.status !== "started" && later.status !== "waiting") return [];
  const [question] = nextActions(later, { isDue: () => true }).questions;
  if (question === undefined) return [];
  const step = question.step.node.id;
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
