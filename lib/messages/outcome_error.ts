import type { JournalError } from "../errors/journal_error.ts";
import {
  type PauseQuestion,
  TransactionAborted,
  TransactionCancelled,
  TransactionInterrupted,
  TransactionPaused,
  TransactionUndone,
} from "../errors/running_errors.ts";
import { findRollbackEnd, rewoundEffects, stepsToUndo, takesValueToUndo } from "../state/rollback.ts";
import { findStep, type State } from "../state/state.ts";
import { escapeForTerminal, safeText } from "../text/escape.ts";
import { commandLine } from "./command_line.ts";
import { describeProgress, describeStep, rewoundLines, stepsLeft } from "./describe_step.ts";
import type { Outcome, Pause, PausedOutcome, RunFailure } from "./outcome.ts";
import { needsValue, pauseMessage } from "./pause_message.ts";

/**
 * Puts the end of a run that has not finished into an error: what happened, where the journal is, and what to type next.
 *
 * @param resumeWords What belongs behind the journal in every command that resumes it.
 */
export function outcomeError(
  journal: string,
  state: State,
  outcome: Exclude<Outcome, { readonly kind: "finished" }>,
  resumeWords: readonly string[] = [],
): JournalError {
  switch (outcome.kind) {
    case "aborted": {
      const text = `${describeFailure(state, outcome)}\n${advice(journal, state, resumeWords)}`;
      return new TransactionAborted(journal, outcome.step, text, { cause: outcome.thrown });
    }
    case "paused":
      return pausedError(journal, state, outcome, resumeWords);
    case "stopped": {
      const text = `Stopped before ${lowerFirst(describeStep(state, outcome.step))}, as told. Run the rest\n` +
        `  ${commandLine(state.library, "resume", journal, ...resumeWords)}`;
      return new TransactionPaused(journal, outcome.step, { waitsFor: "decision" }, text);
    }
    case "interrupted":
      return new TransactionInterrupted(journal, outcome.signal);
    case "cancelled": {
      const text = [
        `The transaction was cancelled: ${escapeForTerminal(safeText(outcome.reason))}`,
        describeProgress(state),
        ...rewoundLines(rewoundEffects(state, undefined)),
        journalAdvice(journal, state),
        ...rollbackAdvice(journal, state),
      ].join("\n");
      return new TransactionCancelled(journal, text, { cause: outcome.reason });
    }
    case "undone": {
      const { failure } = outcome;
      const step = failure?.step ?? state.aborted?.step ?? "";
      const end = findRollbackEnd(state);
      const { rewound } = end;
      const text = [
        ...(failure === undefined ? [] : [describeFailure(state, failure)]),
        `The transaction was rolled back. ${describeProgress(state)}`,
        ...rewoundLines(rewound),
        journalAdvice(journal, state),
      ].join("\n");
      return new TransactionUndone(journal, step, text, {
        cause: failure?.thrown,
        left: stepsLeft(state),
        kept: end.kept,
        rewound,
      });
    }
    default:
      return outcome satisfies never;
  }
}

/** Puts what a run waits for into an error. */
export function pausedError(
  journal: string,
  state: State,
  { pauses }: Pick<PausedOutcome, "pauses">,
  resumeWords: readonly string[],
): TransactionPaused {
  const [first] = pauses;
  if (first === undefined) throw new TypeError("A run has paused for nothing");
  const { step, for: waitsFor } = first;
  const question = questionOf(state, first);
  const needsResult = waitsFor === "decision" && needsValue(state, step);
  const pause = { waitsFor, needsResult, ...(question === undefined ? {} : { question }) };
  return new TransactionPaused(journal, step, pause, pauseMessage(journal, state, pauses, resumeWords));
}

/** What happened or not is another question when it is undone. */
function questionOf(state: State, { step, reason }: Pause): PauseQuestion | undefined {
  if (reason !== "unknown" || state.rollback === undefined) return reason;
  return findStep(state, step)?.marks?.undo === "begun" ? "undone" : "happened";
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function describeFailure(state: State, { step, error: { name, message }, hasStarted }: RunFailure): string {
  const isUndo = findStep(state, step)?.marks?.undo === "begun" || state.rollback !== undefined;
  const what = isUndo ? "could not be undone" : hasStarted ? "failed" : "could not be started";
  return `${describeStep(state, step)} ${what}: ${escapeForTerminal(`${name}: ${message}`)}`;
}

function advice(journal: string, state: State, resumeWords: readonly string[]): string {
  const isUndoing = state.rollback !== undefined;
  return [
    journalAdvice(journal, state),
    isUndoing ? "When the cause is mended, undo the rest" : "When the cause is mended, run the rest",
    `  ${commandLine(state.library, "resume", journal, ...resumeWords)}`,
    ...undoAdvice(journal, state, resumeWords),
    ...(isUndoing ? [] : rollbackAdvice(journal, state, "Or undo what has happened")),
  ].join("\n");
}

/** An undo that got a value which somebody gave, or none, has failed perhaps because of that. */
function undoAdvice(journal: string, state: State, resumeWords: readonly string[]): readonly string[] {
  const step = findStep(state, state.aborted?.step ?? "");
  if (state.rollback === undefined || step === undefined) return [];
  const { id } = step.node;
  const resume = (...words: readonly string[]) =>
    `  ${commandLine(state.library, "resume", journal, ...resumeWords, ...words)}`;
  const give = "Or, if the value is wrong or missing that its undo gets, give it";
  return [
    ...(takesValueToUndo(step) ? [give, resume("--done", id, "--result", "JSON")] : []),
    "Or leave what the step did as it is",
    resume("--skip", id),
  ];
}

/** What to type to undo what has happened, if something can be undone. */
export function rollbackAdvice(
  journal: string,
  state: State,
  when = "Undo what has happened",
): readonly string[] {
  if (stepsToUndo(state, undefined).length === 0) return [];
  return [when, `  ${commandLine(state.library, "rollback", journal)}`];
}

function journalAdvice(journal: string, state: State): string {
  return [
    `What happened so far is in ${escapeForTerminal(journal)}. Look at it`,
    `  ${commandLine(state.library, "inspect", journal)}`,
  ].join("\n");
}
