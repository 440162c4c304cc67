import { escapeForTerminal } from "../values/escape_for_terminal.ts";
import { JournalError, quote } from "./journal_error.ts";

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
