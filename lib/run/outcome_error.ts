import type { JournalError } from "../errors/journal_error.ts";
import { TransactionAborted, TransactionInterrupted, TransactionPaused } from "../errors/running_errors.ts";
import { labelStep } from "../plan/planned_step.ts";
import { checkDecision } from "../state/check_decision.ts";
import { findStep, type State } from "../state/state.ts";
import { escapeForTerminal } from "../values/escape_for_terminal.ts";
import { commandLine } from "./command_line.ts";
import type { Outcome } from "./outcome.ts";

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
      const { name, message } = outcome.error;
      const text = `${labelOf(state, outcome.step)} failed: ${escapeForTerminal(`${name}: ${message}`)}\n` +
        advice(journal, state, resumeWords);
      return new TransactionAborted(journal, outcome.step, text, { cause: outcome.thrown });
    }
    case "paused":
      return new TransactionPaused(
        journal,
        outcome.step,
        { waitsFor: "decision", question: outcome.reason },
        pauseMessage(journal, state, outcome, resumeWords),
      );
    case "interrupted":
      return new TransactionInterrupted(journal, outcome.signal);
    default:
      return outcome satisfies never;
  }
}

/** What a paused run asks, and the answers that it takes. */
export function pauseMessage(
  journal: string,
  state: State,
  pause: { readonly step: string; readonly reason: "unknown" | "value"; readonly why?: string },
  resumeWords: readonly string[] = [],
): string {
  const { step, reason, why } = pause;
  const label = labelOf(state, step);
  const resume = (...flags: string[]) => `  ${commandLine(state.library, "resume", journal, ...resumeWords, ...flags)}`;
  if (reason === "value") {
    const dropped = findStep(state, step)?.dropped?.reason;
    return [
      `${label} is done, but its value is not there, and a later step needs it` +
      `${dropped === undefined ? "" : ` (${escapeForTerminal(dropped)})`}. Give the value`,
      resume("--done", step, "--result", "JSON"),
    ].join("\n");
  }
  const isNeeded = checkDecision(state, { type: "decided", decision: "skip", step }) !== undefined;
  return [
    `${label} was started and nobody knows whether it happened: ` +
    `${escapeForTerminal(why ?? "the process died")}. Find out, then say so`,
    "It did not happen, run it",
    resume("--retry", step),
    "It did happen",
    resume("--done", step, ...(isNeeded ? ["--result", "JSON"] : [])),
    ...(isNeeded ? [] : ["Leave it out", resume("--skip", step)]),
  ].join("\n");
}

function advice(journal: string, state: State, resumeWords: readonly string[]): string {
  return [
    `What happened so far is in ${escapeForTerminal(journal)}. Look at it`,
    `  ${commandLine(state.library, "inspect", journal)}`,
    "When the cause is mended, run the rest",
    `  ${commandLine(state.library, "resume", journal, ...resumeWords)}`,
  ].join("\n");
}

function labelOf(state: State, id: string): string {
  const node = findStep(state, id)?.node;
  const name = node?.name ?? (node?.kind === "step" ? node.export : "");
  const label = labelStep(id, escapeForTerminal(name));
  return label.charAt(0).toUpperCase() + label.slice(1);
}
