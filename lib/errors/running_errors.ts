import { quote } from "../text/escape.ts";
import { JournalError } from "./journal_error.ts";

/**
 * A step failed, and its retries are used up. No later step ran. The journal records what happened.
 *
 * @example
 * ```ts
 * import { type Transaction, TransactionAborted } from "@x/resumable-tx";
 *
 * // For a job without a terminal: the message tells the administrator what to do, so send it.
 * export async function runOrReport(t: Transaction, report: (text: string) => void): Promise<void> {
 *   try {
 *     await t.run();
 *   } catch (error) {
 *     if (!(error instanceof TransactionAborted)) throw error;
 *     report(`Step ${error.step} needs attention.\n${error.message}`);
 *   }
 * }
 * ```
 */
export class TransactionAborted extends JournalError {
  /** Id of the step that failed. */
  readonly step: string;

  /** Thrown when a run ends with a failed step. */
  constructor(
    journal: string,
    step: string,
    message: string,
    options?: ErrorOptions & Partial<Pick<JournalError, "next">>,
  ) {
    super(journal, message, options);
    this.step = step;
  }
}

/**
 * What a paused transaction waits for.
 *
 * @example
 * ```ts
 * import type { PauseReason } from "@x/resumable-tx";
 *
 * const ADVICE: Readonly<Record<PauseReason, string>> = {
 *   decision: "Say how the step ended",
 *   signal: "Send the signal that it waits for",
 *   time: "Come back later",
 * };
 * console.log(ADVICE.decision);
 * ```
 */
export type PauseReason = "decision" | "signal" | "time";

/**
 * What a paused transaction asks: whether a step happened (`unknown`), or the value of a step that did (`value`). In a
 * rollback: whether a step happened and must be undone (`happened`), or whether its undo happened (`undone`).
 *
 * @example
 * ```ts
 * import type { DecisionRequest, PauseQuestion } from "@x/resumable-tx";
 *
 * // The decisions that answer each question. For `value`, "done" needs a result.
 * const ANSWERS: Readonly<Record<PauseQuestion, readonly DecisionRequest["decision"][]>> = {
 *   unknown: ["retry", "done", "skip"],
 *   value: ["done"],
 *   happened: ["done", "skip"],
 *   undone: ["retry", "done", "skip"],
 * };
 * console.log(ANSWERS.value.length); // 1
 * ```
 */
export type PauseQuestion = "unknown" | "value" | "happened" | "undone";

/**
 * An answer that a paused transaction accepts: pass it to `Transaction.resume` as a decision about the step.
 *
 * @example
 * ```ts
 * import type { PauseAnswer } from "@x/resumable-tx";
 *
 * export function toMenu(answers: readonly PauseAnswer[]): readonly string[] {
 *   return answers.map(({ decision, meaning, result }) =>
 *     `${decision}: ${meaning}${result === "required" ? " (with its value)" : ""}`
 *   );
 * }
 * console.log(toMenu([{ decision: "skip", meaning: "Skip step 2", result: "none" }])); // [ "skip: Skip step 2" ]
 * ```
 */
export interface PauseAnswer {
  /** The decision. */
  readonly decision: "retry" | "done" | "skip";
  /** What it means, as a short sentence. */
  readonly meaning: string;
  /** Whether the decision needs a result, the step's value. */
  readonly result: "none" | "optional" | "required";
}

/**
 * The run has ended without a failure. It cannot continue without a decision, a signal, or until a time.
 *
 * @example
 * ```ts
 * import { Transaction, TransactionPaused } from "@x/resumable-tx";
 *
 * // Resumes without a person if another system can tell whether the step has happened.
 * export async function resumeAsking(journal: string, hasHappened: (step: string) => Promise<boolean>): Promise<void> {
 *   try {
 *     await Transaction.resume(journal);
 *   } catch (error) {
 *     if (!(error instanceof TransactionPaused) || error.question !== "unknown") throw error;
 *     const { step } = error;
 *     const decision = await hasHappened(step) ? "done" : "retry";
 *     await Transaction.resume(journal, { decisions: [{ step, decision, by: "directory" }] });
 *   }
 * }
 * ```
 */
export class TransactionPaused extends JournalError {
  /** Id of the step that waits. */
  readonly step: string;
  /** What it waits for. */
  readonly waitsFor: PauseReason;
  /** The question, when it waits for a decision. */
  readonly question: PauseQuestion | undefined;
  /** The answers to the question; none when it waits for something else. */
  readonly answers: readonly PauseAnswer[];
  /** Whether a later step needs the step's value: `"done"` needs a result then, and `"skip"` is refused. */
  readonly needsResult: boolean;

  /** Thrown when a run ends with status `waiting`. */
  constructor(
    journal: string,
    step: string,
    pause: Pick<TransactionPaused, "waitsFor"> & Partial<Pick<TransactionPaused, "question" | "answers">>,
    message: string,
    options?: ErrorOptions & Partial<Pick<JournalError, "next">>,
  ) {
    super(journal, message, options);
    const { waitsFor, question, answers = [] } = pause;
    this.step = step;
    this.waitsFor = waitsFor;
    this.question = question;
    this.answers = answers;
    this.needsResult = answers.some(({ result }) => result === "required");
  }
}

/**
 * SIGINT, SIGTERM or SIGHUP ended the run between two steps. The journal can be resumed.
 *
 * @example
 * ```ts
 * import { type Transaction, TransactionInterrupted } from "@x/resumable-tx";
 *
 * // The signal ends the process. If the program listens for the signal, too, it gets this error instead.
 * export async function runThenSayGoodbye(t: Transaction): Promise<void> {
 *   const listener = () => {};
 *   Deno.addSignalListener("SIGINT", listener);
 *   try {
 *     await t.run();
 *   } catch (error) {
 *     if (!(error instanceof TransactionInterrupted)) throw error;
 *     console.log(`Stopped by ${error.signal}. The rest is in ${error.journal}`);
 *   } finally {
 *     Deno.removeSignalListener("SIGINT", listener);
 *   }
 * }
 * ```
 */
export class TransactionInterrupted extends JournalError {
  /** The signal. */
  readonly signal: "SIGINT" | "SIGTERM" | "SIGHUP";

  /** Thrown when everything is recorded. */
  constructor(
    journal: string,
    signal: "SIGINT" | "SIGTERM" | "SIGHUP",
    options?: ErrorOptions & Partial<Pick<JournalError, "next">>,
  ) {
    super(journal, `Stopped by ${signal}`, options);
    this.signal = signal;
  }
}

/**
 * The author's `signal` was aborted: no further step will run. The journal says what has happened, and it can still be
 * rolled back.
 *
 * @example
 * ```ts
 * import { Transaction, TransactionCancelled } from "@x/resumable-tx";
 *
 * export function createFolder(path: string): Promise<void> {
 *   return Deno.mkdir(path);
 * }
 *
 * export async function createUnlessAborted(signal: AbortSignal): Promise<boolean> {
 *   try {
 *     await Transaction.run(import.meta, (t) => void t.do(createFolder, "/srv/ana"), { signal });
 *     return true;
 *   } catch (error) {
 *     if (!(error instanceof TransactionCancelled)) throw error;
 *     await Transaction.rollback(error.journal);
 *     return false;
 *   }
 * }
 * ```
 */
export class TransactionCancelled extends JournalError {}

/**
 * A step failed, and what had happened before was undone (`onFailure: "rollback"`). Steps without an undo
 * function were left as they are; the message names them.
 *
 * @example
 * ```ts
 * import { Transaction, TransactionUndone } from "@x/resumable-tx";
 *
 * export function createFolder(path: string): Promise<void> {
 *   return Deno.mkdir(path);
 * }
 * export function removeFolder(_value: void, path: string): Promise<void> {
 *   return Deno.remove(path);
 * }
 *
 * export async function createBoth(): Promise<string | undefined> {
 *   try {
 *     await Transaction.run(import.meta, (t) => {
 *       t.do(createFolder, "/srv/ana").with({ undo: removeFolder });
 *       t.do(createFolder, "/srv/ana/mail").with({ undo: removeFolder });
 *     }, { onFailure: "rollback" });
 *   } catch (error) {
 *     if (!(error instanceof TransactionUndone)) throw error;
 *     return error.step;
 *   }
 * }
 * ```
 */
export class TransactionUndone extends JournalError {
  /** Id of the step that failed; empty if the rollback was requested. */
  readonly step: string;
  /** Ids of the steps that have happened, or may have, and stay as they are. */
  readonly left: readonly string[];
  /** Those of `left` that stay because of the option `to`. */
  readonly kept: readonly string[];
  /** Ids of the steps that had happened before a rewind: what they did then stays. */
  readonly rewound: readonly string[];

  /** Thrown when the rollback is complete. */
  constructor(
    journal: string,
    step: string,
    message: string,
    options: ErrorOptions & Partial<Pick<TransactionUndone, "next" | "left" | "kept" | "rewound">> = {},
  ) {
    super(journal, message, options);
    this.step = step;
    this.left = options.left ?? [];
    this.kept = options.kept ?? [];
    this.rewound = options.rewound ?? [];
  }
}

/**
 * The transaction was cancelled or rolled back: there is nothing to resume.
 *
 * @example
 * ```ts
 * import { Transaction, TransactionClosed } from "@x/resumable-tx";
 *
 * // A cancelled transaction is an answer, too.
 * export async function settle(journal: string): Promise<"finished" | "cancelled" | "undone"> {
 *   try {
 *     await Transaction.resume(journal);
 *     return "finished";
 *   } catch (error) {
 *     if (error instanceof TransactionClosed) return error.status;
 *     throw error;
 *   }
 * }
 * ```
 */
export class TransactionClosed extends JournalError {
  /** How it ended. */
  readonly status: "finished" | "cancelled" | "undone";

  /** Thrown before anything is written. */
  constructor(
    journal: string,
    status: "finished" | "cancelled" | "undone",
    action = "resume",
    options?: ErrorOptions & Partial<Pick<JournalError, "next">>,
  ) {
    super(journal, `Cannot ${action} ${quote(journal)}: the transaction is ${status}`, options);
    this.status = status;
  }
}
