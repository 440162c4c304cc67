import type { JournalError } from "../errors/journal_error.ts";
import {
  TransactionAborted,
  TransactionCancelled,
  TransactionInterrupted,
  TransactionPaused,
  TransactionUndone,
} from "../errors/running_errors.ts";
import { Fenced, JournalUnwritable, StorageFull } from "../errors/storage_errors.ts";
import type { Event, Reason } from "../journal/event.ts";
import type { StoredError } from "../journal/stored.ts";
import type { StopSignal } from "../process/stop_signals.ts";
import { findRollbackEnd, rewoundEffects } from "../state/rollback.ts";
import { findStep, type State } from "../state/state.ts";
import { commandLine, escapeForTerminal, safeText } from "../text/escape.ts";
import { formatTime } from "../text/format_time.ts";
import {
  capital,
  describeInSentence,
  describeProgress,
  describeRewound,
  describeStep,
  stepsLeft,
} from "./describe_step.ts";
import { inspectCommand, nextCommands, pauseAnswers, questionOf } from "./next_commands.ts";

const MAX_PAUSES = 10;

/** Puts the end of a run that has not finished into an error: what happened, and what to type next. */
export function outcomeError(
  journal: string,
  state: State,
  outcome: Exclude<Outcome, { readonly kind: "finished" }>,
  resumeWords: readonly string[] = [],
): JournalError {
  const commands = nextCommands(state, journal, { resumeWords });
  const next = [inspectCommand(state, journal), ...commands];
  switch (outcome.kind) {
    case "aborted":
      return new TransactionAborted(journal, outcome.step, describeFailure(state, outcome), {
        cause: outcome.thrown,
        next,
      });
    case "paused":
      return pausedError(journal, state, outcome.pauses, resumeWords);
    case "stopped": {
      const text = `Stopped before ${describeInSentence(state, outcome.step)}, as requested${
        reasonOf(outcome.request)
      }`;
      return new TransactionPaused(journal, outcome.step, { waitsFor: "decision" }, text, { next: commands });
    }
    case "interrupted":
      return new TransactionInterrupted(journal, outcome.signal, { next: commands });
    case "cancelled": {
      const text = [
        `The transaction was cancelled: ${escapeForTerminal(safeText(outcome.reason))}`,
        describeProgress(state),
        ...describeRewound(rewoundEffects(state, undefined)).map(capital),
      ].join("\n");
      return new TransactionCancelled(journal, text, { cause: outcome.reason, next });
    }
    case "undone": {
      const failure = outcome.failure ?? earlierFailure(state);
      const { kept, rewound } = findRollbackEnd(state);
      const text = [
        ...(failure === undefined ? [] : [describeFailure(state, failure)]),
        `The transaction was rolled back. ${describeProgress(state)}`,
        ...describeRewound(rewound).map(capital),
      ].join("\n");
      const step = failure?.step ?? state.aborted?.step ?? "";
      const left = stepsLeft(state);
      return new TransactionUndone(journal, step, text, { cause: failure?.thrown, next, left, kept, rewound });
    }
    default:
      return outcome satisfies never;
  }
}

function reasonOf({ by, why }: Reason = {}): string {
  return escapeForTerminal(`${by === undefined ? "" : ` by ${by}`}${why === undefined ? "" : `: ${why}`}`);
}

export function pausedError(
  journal: string,
  state: State,
  pauses: readonly Pause[],
  resumeWords: readonly string[],
): TransactionPaused {
  const [first] = pauses;
  if (first === undefined) throw new TypeError("A run has paused for nothing");
  const { for: waitsFor, reason } = first;
  const step = findStep(state, first.step);
  const question = reason === undefined || step === undefined ? undefined : questionOf(state, { step, reason });
  const answers = question === undefined || step === undefined ? [] : pauseAnswers(state, step, question);
  const lines = pauses.slice(0, MAX_PAUSES).map((pause) => describePause(state, pause));
  const more = pauses.length <= MAX_PAUSES ? [] : [`… and ${pauses.length - MAX_PAUSES} more`];
  const next = nextCommands(state, journal, { resumeWords });
  const text = [...lines, ...more].join("\n");
  return new TransactionPaused(journal, first.step, { waitsFor, question, answers }, text, { next });
}

/** Nothing is run before the time that its author has set, unless a person says so. */
export function notDueError(
  journal: string,
  state: State,
  dueAt: string,
  resumeWords: readonly string[],
): TransactionPaused {
  const command = commandLine(state.library, "resume", journal, ...resumeWords, "--now");
  const next = [...nextCommands(state, journal, { resumeWords }), { when: "Run it before that time", command }];
  const text = `The transaction is not due before ${formatTime(dueAt)}`;
  return new TransactionPaused(journal, "", { waitsFor: "time" }, text, { next });
}

function describePause(state: State, pause: Pause): string {
  const label = describeStep(state, pause.step);
  const step = findStep(state, pause.step);
  switch (pause.for) {
    case "signal":
      return `${label} waits for the signal ${escapeForTerminal(JSON.stringify(pause.signal ?? ""))}`;
    case "time":
      return `${label} is not due before ${pause.until === undefined ? "later" : `${formatTime(pause.until)}`}`;
    case "decision":
      break;
    default:
      return pause.for satisfies never;
  }
  if (pause.reason === "value") {
    const reason = step?.marks?.dropped?.reason;
    const lost = reason === undefined ? "" : ` (${escapeForTerminal(reason)})`;
    const user = state.rollback === undefined ? "a later step" : "an undo function";
    return `${label} is done, but its value, which ${user} needs, is missing${lost}`;
  }
  const what = step?.marks?.undo === "begun" ? `The undo of ${describeInSentence(state, pause.step)}` : label;
  const why = escapeForTerminal(pause.why ?? "the process died");
  return `${what} was interrupted, and its outcome is unknown: ${why}. Find out what happened`;
}

/** The failure in an earlier run because of which everything was undone, if it was not a person who said so. */
function earlierFailure(state: State): RunFailure | undefined {
  const step = state.byId.values().find(({ marks, status }) => marks?.rollsBack === true && status === "failed");
  const error = step?.failures?.at(-1)?.error;
  return step && error && { step: step.node.id, error, thrown: undefined, hasStarted: true };
}

function describeFailure(state: State, { step, error: { name, message }, hasStarted }: RunFailure): string {
  const isUndo = findStep(state, step)?.marks?.undo === "begun" || state.rollback !== undefined;
  const what = isUndo ? "could not be undone" : hasStarted ? "failed" : "could not be started";
  return `${describeStep(state, step)} ${what}: ${escapeForTerminal(`${name}: ${message}`)}`;
}

/** What a person must read when a signal is about to end the process: an error that is thrown then is rarely seen. */
export function stopNotice(signal: StopSignal, error: JournalError): string {
  return error instanceof TransactionInterrupted ? error.message : `Stopped by ${signal}. ${error.message}`;
}

interface UnwritableRun {
  readonly journal: string;
  readonly state: State;
  /** Events that are not in the journal. Of `values`, only the values are missing. */
  readonly unrecorded: { readonly outcomes: readonly Event[]; readonly values: readonly Event[] };
  readonly resumeWords: readonly string[];
  /** Who has the journal now, if this process has lost it. */
  readonly owner?: Fenced["owner"];
}

function describeOwner({ pid, host, since }: NonNullable<Fenced["owner"]>): string {
  const place = host === undefined ? "" : ` on ${escapeForTerminal(host)}`;
  return `Process ${pid}${place} has it since ${formatTime(since)}`;
}

/** Says what a run has lost whose journal failed, and what to type when the storage works again. */
export function unwritableError(error: JournalUnwritable, run: UnwritableRun): JournalUnwritable {
  const { journal, state, unrecorded, resumeWords, owner } = run;
  const outcomes = unrecorded.outcomes.flatMap(describeLostOutcome);
  const lost = [...outcomes, ...describeLostValues(unrecorded.values)];
  if (error instanceof Fenced) {
    // Without an owner, it is unknown where the journal is now.
    if (lost.length === 0 && owner === undefined) return error;
    const found = owner === undefined ? [] : [describeOwner(owner)];
    return new Fenced(journal, [error.message, ...found, ...lost].join(". "), { cause: error, owner });
  }
  const text = [error.message, ...lost].join(". ");
  const command = commandLine(state.library, "resume", journal, ...resumeWords);
  const next = [{ when: "Then run the rest", command }];
  if (!(error instanceof StorageFull)) return new JournalUnwritable(journal, text, { cause: error.cause, next });
  if (outcomes.length > 0) return new JournalUnwritable(journal, text, { cause: error, next });
  return new StorageFull(journal, text, { cause: error.cause, next });
}

function describeLostOutcome({ type, ...event }: Event): readonly string[] {
  const isOutcome = type === "finished" || type === "failed" || type === "undone";
  if (!isOutcome || !("step" in event) || event.step === undefined) return [];
  return [`Step ${event.step} ${type === "undone" ? "was" : "has"} ${type}, but this could not be recorded`];
}

function describeLostValues(events: readonly Event[]): readonly string[] {
  const lost = events.flatMap((event) => {
    if (event.type !== "finished" || event.value === undefined) return [];
    const what = `there was no room for its value (JSON of ${JSON.stringify(event.value).length} characters)`;
    return [`Step ${event.step} has finished, but ${what}`];
  });
  const advice = "If a later step needs the value, resume asks for it. To run the step again instead, use rewind";
  return lost.length === 0 ? [] : [...lost, advice];
}

export type Outcome =
  | { readonly kind: "finished" }
  /** A step failed, or could not be started. */
  | { readonly kind: "aborted" } & RunFailure
  /** With at least one pause, in the order of the plan, questions first. */
  | { readonly kind: "paused"; readonly pauses: readonly Pause[] }
  | { readonly kind: "interrupted"; readonly signal: StopSignal }
  /** The run did what was requested, or another process stopped it. `step` is the next one. */
  | { readonly kind: "stopped"; readonly step: string; readonly request?: Reason }
  | { readonly kind: "cancelled"; readonly reason: unknown }
  | { readonly kind: "undone"; readonly failure: RunFailure | undefined };

export interface RunFailure {
  readonly step: string;
  readonly error: StoredError;
  readonly thrown: unknown;
  /** The step itself failed: its error is in `failed`. */
  readonly hasStarted: boolean;
}

export interface Pause {
  readonly step: string;
  readonly for: "decision" | "signal" | "time";
  /** What is unknown, when it waits for a decision: the outcome of the step, or its value. */
  readonly reason?: "unknown" | "value";
  /** Why it is unknown, as the end of a sentence. */
  readonly why?: string;
  /** When it is due, as an ISO date. */
  readonly until?: string;
  readonly signal?: string;
}
