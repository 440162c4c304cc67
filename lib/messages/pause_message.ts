import { checkDecision } from "../state/check_decision.ts";
import { findStep, type State } from "../state/state.ts";
import { escapeForTerminal } from "../text/escape.ts";
import { commandLine, shellQuote } from "./command_line.ts";
import { describeStep } from "./describe_step.ts";
import type { Pause } from "./outcome.ts";

/** So many things to wait for are told at most. */
const MAX_TOLD = 10;

/**
 * Says what a paused run waits for, and what to type about it.
 *
 * @param resumeWords What belongs behind the journal in every command that resumes it.
 */
export function pauseMessage(
  journal: string,
  state: State,
  pauses: readonly Pause[],
  resumeWords: readonly string[] = [],
): string {
  const resume = (...flags: string[]) => `  ${commandLine(state.library, "resume", journal, ...resumeWords, ...flags)}`;
  const lines = pauses.slice(0, MAX_TOLD).flatMap((pause) => describePause(journal, state, pause, resume));
  const more = pauses.length <= MAX_TOLD ? [] : [`It waits for ${pauses.length - MAX_TOLD} more`];
  // A question is answered to a resume; whatever else has come is noticed by one.
  const isAsked = pauses.some((pause) => pause.for === "decision");
  return [...lines, ...more, ...(isAsked ? [] : ["Then run the rest", resume()])].join("\n");
}

/** Whether something still needs the value of a step. */
export function needsValue(state: State, step: string): boolean {
  if (state.rollback !== undefined) return false;
  return checkDecision(state, { type: "decided", decision: "done", step }) !== undefined;
}

function describePause(
  journal: string,
  state: State,
  pause: Pause,
  resume: (...flags: string[]) => string,
): readonly string[] {
  const label = describeStep(state, pause.step);
  switch (pause.for) {
    case "signal": {
      const signal = pause.signal ?? "";
      return [
        `${label} waits for the signal ${escapeForTerminal(JSON.stringify(signal))}. When you know the answer, send it`,
        `  ${commandLine(state.library, "signal", journal, shellQuote(signal), "JSON")}`,
      ];
    }
    case "time":
      return [`${label} is not due before ${pause.until ?? "later"}`];
    case "decision":
      return pause.reason === "value" ? askValue(state, pause.step, resume) : askEnd(state, pause, resume);
    default:
      return pause.for satisfies never;
  }
}

function askValue(state: State, step: string, resume: (...flags: string[]) => string): readonly string[] {
  const dropped = findStep(state, step)?.marks?.dropped?.reason;
  return [
    `${describeStep(state, step)} is done, but its value is not there, and a later step needs it` +
    `${dropped === undefined ? "" : ` (${escapeForTerminal(dropped)})`}. Give the value`,
    resume("--done", step, "--result", "JSON"),
  ];
}

function askEnd(state: State, { step, why }: Pause, resume: (...flags: string[]) => string): readonly string[] {
  const label = describeStep(state, step);
  const cause = escapeForTerminal(why ?? "the process died");
  if (state.rollback !== undefined) return askUndo(state, step, cause, resume);
  const isNeeded = needsValue(state, step);
  return [
    `${label} was started and nobody knows whether it happened: ${cause}. Find out, then say so`,
    "It did not happen, run it",
    resume("--retry", step),
    "It did happen",
    resume("--done", step, ...(isNeeded ? ["--result", "JSON"] : [])),
    ...(isNeeded ? [] : ["Leave it out", resume("--skip", step)]),
  ];
}

function askUndo(
  state: State,
  step: string,
  cause: string,
  resume: (...flags: string[]) => string,
): readonly string[] {
  const label = describeStep(state, step);
  if (findStep(state, step)?.marks?.undo !== "begun") {
    return [
      `${label} was started and nobody knows whether it happened: ${cause}. Find out, then say so`,
      "It did happen, undo it. Its undo gets JSON as the step's value; without --result it gets undefined",
      resume("--done", step, "--result", "JSON"),
      "It did not happen",
      resume("--skip", step),
    ];
  }
  return [
    `${label} was being undone and nobody knows whether it was: ${cause}. Find out, then say so`,
    "It is not undone, undo it",
    resume("--retry", step),
    "It is undone",
    resume("--done", step),
    "Leave its effect as it is",
    resume("--skip", step),
  ];
}
