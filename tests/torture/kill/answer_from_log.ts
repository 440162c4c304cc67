import type { DecisionRequest } from "../../../lib/run/options/transaction_options.ts";
import { applyEvent, foldRecords } from "../../../lib/state/apply_event.ts";
import { nextActions } from "../../../lib/state/next_actions.ts";
import { State } from "../../../lib/state/state.ts";
import type { Remains } from "./kill_checks.ts";
import { stepValue } from "./kill_steps.ts";

/** What a person would say who has looked at the log; nothing where resume will not ask. */
export function answerFromLog({ records, effects }: Pick<Remains, "records" | "effects">): readonly DecisionRequest[] {
  const later = new State({ keepsValues: false });
  records.forEach(foldRecords("journal", later));
  if (later.status === "finished") return [];
  applyEvent(later, { type: "resumed", run: later.runs.length + 1, library: later.library }, later.lastAt);
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
