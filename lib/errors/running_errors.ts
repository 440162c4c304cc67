import { JournalError, quote } from "./journal_error.ts";

/** A step failed for good. Nothing after it ran; the journal says what did. */
export class TransactionAborted extends JournalError {
  /** Id of the step that failed. */
  readonly step: string;

  /** Made when a run has ended with a failed step. */
  constructor(journal: string, step: string, message: string, options?: ErrorOptions) {
    super(journal, message, options);
    this.step = step;
  }
}

/** What a paused transaction waits for. */
export type PauseReason = "decision" | "signal" | "time";

/** What somebody has to say: whether a step happened, or what the value was of a step that has. */
export type PauseQuestion = "unknown" | "value";

/** The run has ended without failure, and cannot go on before somebody or something has answered. */
export class TransactionPaused extends JournalError {
  /** Id of the step that waits. */
  readonly step: string;
  /** What it waits for. */
  readonly waitsFor: PauseReason;
  /** What has to be decided, when it waits for a decision. */
  readonly question: PauseQuestion | undefined;

  /** Made when a run has ended in state `waiting`. */
  constructor(
    journal: string,
    step: string,
    pause: { readonly waitsFor: PauseReason; readonly question?: PauseQuestion },
    message: string,
  ) {
    super(journal, message);
    this.step = step;
    this.waitsFor = pause.waitsFor;
    this.question = pause.question;
  }
}

/** SIGINT or SIGTERM ended the run between two steps; the journal can be resumed. */
export class TransactionInterrupted extends JournalError {
  /** The signal. */
  readonly signal: "SIGINT" | "SIGTERM";

  /** Made when what had happened was written down. */
  constructor(journal: string, signal: "SIGINT" | "SIGTERM") {
    super(journal, `Stopped by ${signal}; ${quote(journal)} can be resumed`);
    this.signal = signal;
  }
}

/** The transaction was cancelled or rolled back: there is nothing to resume. */
export class TransactionClosed extends JournalError {
  /** How it ended. */
  readonly status: "cancelled" | "undone";

  /** Made before a run. */
  constructor(journal: string, status: "cancelled" | "undone") {
    super(journal, `Cannot resume ${quote(journal)}: the transaction is ${status}`);
    this.status = status;
  }
}
