/**
 * Every error that a caller may want to catch, grouped by when it occurs. Plain misuse (a wrong argument, a ref used as
 * text) is a `TypeError`, `RangeError` or `SyntaxError` and has no class here.
 *
 * @module
 */

import { escapeForTerminal } from "./values/escape_for_terminal.ts";

/** What all errors about one journal have in common: they know which journal. */
export abstract class JournalError extends Error {
  /** The journal's absolute path, or its name in a store that has no paths. */
  readonly journal: string;

  /** Used by the classes below. */
  constructor(journal: string, message: string, options?: ErrorOptions) {
    super(escapeMessage(message), options);
    this.journal = journal;
    this.name = new.target.name;
  }
}

// ---------------------------------------------------------------- when a transaction is planned or started

/** A new transaction was given the name of a journal that is there already. */
export class JournalExists extends JournalError {
  /** Made by the store that refused to create the journal. */
  constructor(journal: string, options?: ErrorOptions) {
    super(
      journal,
      `Cannot create ${quote(journal)}: it exists already. Resume or delete it, name another journal, or set ` +
        `ifExists: "resume"`,
      options,
    );
  }
}

/** The plan in the journal is not the plan that the program made now (`ifExists: "resume"`). */
export class PlanDiffers extends JournalError {
  /** What differs first, in words. */
  readonly difference: string;

  /** Made when the two plans have been compared. */
  constructor(journal: string, difference: string) {
    super(
      journal,
      `Cannot go on with ${quote(journal)}: the program's plan differs from the journal's: ${
        escapeForTerminal(difference)
      }. Finish the ` +
        `journal with the command line's resume, or start a new one under another name`,
    );
    this.difference = difference;
  }
}

/** A step's module or export cannot be used: missing, not a function, not permitted, or not allowed. */
export class ModuleUnavailable extends Error {
  /** The module's URL as the journal has it. */
  readonly module: string;
  /** The export's name, when the module as such is there. */
  readonly export: string | undefined;

  /** Made by the folder that loads modules. */
  constructor(module: string, exportName: string | undefined, message: string, options?: ErrorOptions) {
    super(escapeMessage(message), options);
    this.name = "ModuleUnavailable";
    this.module = module;
    this.export = exportName;
  }
}

// ---------------------------------------------------------------- when a journal is opened

/** There is no journal of that name. */
export class JournalNotFound extends JournalError {
  /** Made by the store. */
  constructor(journal: string, options?: ErrorOptions) {
    super(journal, `Cannot find a journal at ${quote(journal)}`, options);
  }
}

/** Another process, or another run in this process, holds the journal. */
export class JournalLocked extends JournalError {
  /** Process id of the holder, if its run wrote one down. */
  readonly pid: number | undefined;
  /** Host name of the holder, if its run wrote one down. */
  readonly host: string | undefined;

  /** Made by the store that could not get the lock. */
  constructor(journal: string, holder: { readonly pid?: number; readonly host?: string } = {}) {
    const process = holder.pid === undefined ? "another process" : `process ${holder.pid}`;
    const host = holder.host === undefined ? "" : ` on ${escapeForTerminal(holder.host)}`;
    super(journal, `Cannot open ${quote(journal)}: ${process}${host} is running it`);
    this.pid = holder.pid;
    this.host = holder.host;
  }
}

/** The file is no journal, or has been changed by something that is neither this library nor a crash. */
export class JournalDamaged extends JournalError {
  /** Line of the file, counted from 1. 0 when the file as a whole is meant. */
  readonly line: number;
  /** What is wrong with that line. */
  readonly reason: string;

  /** Made by the reader. */
  constructor(journal: string, line: number, reason: string, options?: ErrorOptions) {
    const place = line === 0 ? "" : ` at line ${line}`;
    super(journal, `Cannot read ${quote(journal)}${place}: ${reason}. Nothing was changed`, options);
    this.line = line;
    this.reason = reason;
  }
}

/** The program ended while it wrote the plan: no step ever ran. */
export class JournalIncomplete extends JournalError {
  /** Made before a run. */
  constructor(journal: string) {
    super(
      journal,
      `Cannot resume ${quote(journal)}: its plan was never completed, so no step ever ran. The file may be deleted ` +
        `and the program started again`,
    );
  }
}

/** A newer version of the library wrote something that this one does not know. */
export class JournalTooNew extends JournalError {
  /** What is not known. */
  readonly unknown: string;

  /** Made by the reader or before a run. */
  constructor(journal: string, unknown: string, library?: string) {
    const writer = library === undefined
      ? "a newer version of resumable-tx"
      : `resumable-tx ${escapeForTerminal(library)}`;
    super(
      journal,
      `Cannot use ${quote(journal)}: ${unknown} is not known to this version; the journal was written by ${writer}. ` +
        `Use that version or a newer one`,
    );
    this.unknown = unknown;
  }
}

/** The journal is not safe to use as it lies there: a link, or not this user's. */
export class JournalRefused extends JournalError {
  /** Made by the store. */
  constructor(journal: string, reason: string) {
    super(journal, `Refused to use ${quote(journal)}: ${reason}`);
  }
}

/** Somebody else may have written the journal, and resuming it would run what it names. */
export class JournalUntrusted extends JournalRefused {
  /** Why it is not trusted. */
  readonly reason: string;

  /** Made before a run. */
  constructor(journal: string, reason: string) {
    super(
      journal,
      `${reason}. Resuming a journal runs what it names. Look at it with inspect; if it is what you expect, resume with ` +
        `--trust (in a program: trust: true)`,
    );
    this.reason = reason;
  }
}

// ---------------------------------------------------------------- when a transaction runs

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

/** The disk or the database under the journal failed. The run has ended; the journal holds what was acknowledged. */
export class JournalUnwritable extends JournalError {
  /** Made by the store, or by the run when the store has failed. */
  constructor(journal: string, message: string, options?: ErrorOptions) {
    super(journal, message, options);
  }
}

/** No room for a record. The journal is as it was before, and takes records that need no more room. */
export class StorageFull extends JournalUnwritable {}

/** The journal is not this run's any more: its file was moved or replaced, or another owner took over. */
export class Fenced extends JournalUnwritable {}

// ---------------------------------------------------------------- when an administrator decides

/** A decision cannot be taken: no such step, a step that is finished, or a value that a later step needs. */
export class DecisionRefused extends JournalError {
  /** Id of the step that the decision was about. */
  readonly step: string;

  /** Made before anything is written. */
  constructor(journal: string, step: string, message: string) {
    super(journal, message);
    this.step = step;
  }
}

function quote(text: string): string {
  return JSON.stringify(text);
}

/** Messages quote journals, and Deno prints them as they are. Line ends are meant: text of others comes on one line. */
function escapeMessage(message: string): string {
  return message.split("\n").map(escapeForTerminal).join("\n");
}
