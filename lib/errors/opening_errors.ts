import { escapeForTerminal } from "../text/escape.ts";
import { JournalError, quote } from "./journal_error.ts";

/**
 * There is no journal of that name.
 *
 * @example
 * ```ts
 * import { JournalNotFound, Transaction } from "@x/resumable-tx";
 *
 * // The journal of a finished transaction is removed: if there is none, nothing is left to do.
 * export async function resumeIfAny(journal: string): Promise<boolean> {
 *   try {
 *     await Transaction.resume(journal);
 *     return true;
 *   } catch (error) {
 *     if (error instanceof JournalNotFound) return false;
 *     throw error;
 *   }
 * }
 * console.log(await resumeIfAny("no_such_journal.json")); // false
 * ```
 */
export class JournalNotFound extends JournalError {
  /** Made by the store. */
  constructor(journal: string, options?: ErrorOptions) {
    super(journal, `Cannot find a journal at ${quote(journal)}`, options);
  }
}

/**
 * Another process, or another run in this process, holds the journal.
 *
 * @example
 * ```ts
 * import { JournalLocked, Transaction } from "@x/resumable-tx";
 *
 * // For a scheduler: that somebody resumes by hand at the same time is no failure.
 * export async function resumeUnlessHeld(journal: string): Promise<void> {
 *   try {
 *     await Transaction.resume(journal);
 *   } catch (error) {
 *     if (!(error instanceof JournalLocked)) throw error;
 *     console.log(error.pid === undefined ? "Somebody is at it" : `Process ${error.pid} is at it`);
 *   }
 * }
 * ```
 */
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

/**
 * The file is no journal, or has been changed by something that is neither this library nor a crash.
 *
 * @example
 * ```ts
 * import { JournalDamaged, Transaction } from "@x/resumable-tx";
 *
 * const path = await Deno.makeTempFile();
 * await Deno.writeTextFile(path, "not a journal\n");
 * try {
 *   await Transaction.inspect(path);
 * } catch (error) {
 *   if (!(error instanceof JournalDamaged)) throw error;
 *   // Look at that line. An older copy in place of the file would do steps again that have happened since.
 *   console.log(`Line ${error.line}: ${error.reason}`);
 * } finally {
 *   await Deno.remove(path);
 * }
 * ```
 */
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

/**
 * The program ended while it wrote the plan: no step ever ran.
 *
 * @example
 * ```ts
 * import { JournalIncomplete, Transaction } from "@x/resumable-tx";
 *
 * export async function resumeOrForget(journal: string): Promise<"resumed" | "never began"> {
 *   try {
 *     await Transaction.resume(journal);
 *     return "resumed";
 *   } catch (error) {
 *     if (!(error instanceof JournalIncomplete)) throw error;
 *     await Deno.remove(error.journal); // no step ran, so nothing is lost
 *     return "never began";
 *   }
 * }
 * ```
 */
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

/**
 * A newer version of the library wrote something that this one does not know.
 *
 * @example
 * ```ts
 * import { JournalTooNew, Transaction } from "@x/resumable-tx";
 *
 * // Of several machines, some may have an older version: let another one have it.
 * export async function resumeOrPassOn(journal: string, passOn: (why: string) => void): Promise<void> {
 *   try {
 *     await Transaction.resume(journal);
 *   } catch (error) {
 *     if (!(error instanceof JournalTooNew)) throw error;
 *     passOn(`needs a version that knows ${JSON.stringify(error.unknown)}`);
 *   }
 * }
 * ```
 */
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

/**
 * The journal is not safe to use as it lies there: a link, or not this user's.
 *
 * @example
 * ```ts
 * import { JournalRefused, JournalUntrusted } from "@x/resumable-tx";
 *
 * export function advise(error: unknown): string {
 *   // This one is a JournalRefused as well, so it is asked for first.
 *   if (error instanceof JournalUntrusted) return "Read it with inspect before you trust it";
 *   if (error instanceof JournalRefused) return `Put the file right: ${error.message}`;
 *   throw error;
 * }
 * console.log(advise(new JournalRefused("/srv/j.json", "it is a folder, not a journal")));
 * ```
 */
export class JournalRefused extends JournalError {
  /** Made by the store. */
  constructor(journal: string, reason: string) {
    super(journal, `Refused to use ${quote(journal)}: ${reason}`);
  }
}

/**
 * Somebody else may have written the journal, and resuming it would run what it names.
 *
 * @example
 * ```ts
 * import { type JournalUntrusted, Transaction } from "@x/resumable-tx";
 *
 * // What a person should read before the journal is resumed with trust: true.
 * export async function describeRisk({ journal, reason }: JournalUntrusted): Promise<readonly string[]> {
 *   const { steps } = await Transaction.inspect(journal);
 *   return [reason, ...steps.map(({ module, call }) => `${call} of ${JSON.stringify(module)}`)];
 * }
 * ```
 */
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
