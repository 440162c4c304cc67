import { JournalError, quote } from "./journal_error.ts";

/**
 * A step failed for good. Nothing after it ran; the journal says what did.
 *
 * @example
 * ```ts
 * import { type Transaction, TransactionAborted } from "@x/resumable-tx";
 *
 * // For a job without a terminal: the message has all that the administrator needs, so it goes where it is read.
 * export async function runOrReport(t: Transaction, report: (text: string) => void): Promise<void> {
 *   try {
 *     await t.run();
 *   } catch (error) {
 *     if (!(error instanceof TransactionAborted)) throw error;
 *     report(`Step ${error.step} needs somebody.\n${error.message}`);
 *   }
 * }
 * ```
 */
export class TransactionAborted extends JournalError {
  /** Id of the step that failed. */
  readonly step: string;

  /** Made when a run has ended with a failed step. */
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
 * What somebody has to say: whether a step happened (`unknown`), or what the value was of one that did (`value`). In a
 * rollback: whether a step happened and has to be undone (`happened`), or whether its undo happened (`undone`).
 *
 * @example
 * ```ts
 * import type { DecisionRequest, PauseQuestion } from "@x/resumable-tx";
 *
 * // What may be answered. To the second question "done" needs a result.
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
 * One of the answers that a paused transaction accepts: `Transaction.resume` takes it as a decision about the step.
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
  /** What to decide. */
  readonly decision: "retry" | "done" | "skip";
  /** What it means, as a short sentence. */
  readonly meaning: string;
  /** Whether the step's value belongs to it. */
  readonly result: "none" | "optional" | "required";
}

/**
 * The run has ended without failure, and cannot go on before somebody or something has answered.
 *
 * @example
 * ```ts
 * import { Transaction, TransactionPaused } from "@x/resumable-tx";
 *
 * // Goes on by itself where another system can tell whether the step has happened.
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
  /** What has to be decided, when it waits for a decision. */
  readonly question: PauseQuestion | undefined;
  /** The answers to the question; none when it waits for something else. */
  readonly answers: readonly PauseAnswer[];
  /** Whether a later step needs the step's value: `"done"` needs a result then, and `"skip"` is refused. */
  readonly needsResult: boolean;

  /** Made when a run has ended in state `waiting`. */
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
 * SIGINT, SIGTERM or SIGHUP ended the run between two steps; the journal can be resumed.
 *
 * @example
 * ```ts
 * import { type Transaction, TransactionInterrupted } from "@x/resumable-tx";
 *
 * // The signal ends the process, unless the program listens for it as well; then it gets this error.
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

  /** Made when what had happened was written down. */
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
 * The author's `signal` was aborted: nothing further will run. The journal says what has happened, and it can still be
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
 * A step failed for good, and what had happened before was undone (`onFailure: "rollback"`). Steps without an undo
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
  /** Id of the step that failed; empty if none did, and somebody has asked for the rollback. */
  readonly step: string;
  /** Ids of the steps that have happened, or may have, and stay as they are. */
  readonly left: readonly string[];
  /** Those of `left` that stay because the rollback was told to leave a step, and all before it. */
  readonly kept: readonly string[];
  /** Ids of the steps that had happened before they were rewound: what they did then stays. What they did since may not. */
  readonly rewound: readonly string[];

  /** Made when the rollback is complete. */
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
 * // That somebody has cancelled it is an answer, too.
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

  /** Made before anything is written. */
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
