import { escapeForTerminal, quote } from "../text/escape.ts";
import { JournalError } from "./journal_error.ts";

/**
 * There is no journal of that name.
 *
 * @example
 * ```ts
 * import { JournalNotFound, Transaction } from "@x/resumable-tx";
 *
 * // The journal of a finished transaction is removed. If there is none, nothing is left to do.
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
  /** Thrown by the store. */
  constructor(journal: string, options?: ErrorOptions & Partial<Pick<JournalError, "next">>) {
    super(journal, `Cannot find a journal at ${quote(journal)}`, options);
  }
}

/**
 * The journal was removed while `Transaction.wait` waited for its end, and its value with it: the transaction has finished
 * without the option `keep`, or its journal was removed by hand or by `prune`.
 *
 * @example
 * ```ts
 * import { JournalGone, Transaction } from "@x/resumable-tx";
 *
 * export async function waitIfPossible(journal: string): Promise<unknown> {
 *   try {
 *     return await Transaction.wait(journal);
 *   } catch (error) {
 *     if (!(error instanceof JournalGone)) throw error;
 *     return "over, with a value that nobody knows any more";
 *   }
 * }
 * ```
 */
export class JournalGone extends JournalError {
  /** Thrown to those who wait. */
  constructor(journal: string, options?: ErrorOptions) {
    const what = `Cannot tell the value of ${quote(journal)}: its journal was removed`;
    const why = "The transaction has finished without the option keep, or somebody has removed the journal";
    super(journal, `${what}. ${why}. To wait for a value, enqueue the transaction, or run it with keep: true`, options);
  }
}

/**
 * Another process, or another run in this process, holds the journal. In a database, it may have died with a lease that is
 * not over.
 *
 * @example
 * ```ts
 * import { JournalLocked, Transaction } from "@x/resumable-tx";
 *
 * // For a scheduler: if a person resumes at the same time, that is not a failure.
 * export async function resumeUnlessHeld(journal: string): Promise<void> {
 *   try {
 *     await Transaction.resume(journal);
 *   } catch (error) {
 *     if (!(error instanceof JournalLocked)) throw error;
 *     console.log(error.pid === undefined ? "Another process runs it" : `Process ${error.pid} runs it`);
 *   }
 * }
 * ```
 */
export class JournalLocked extends JournalError {
  /** Process id of the holder, if its run recorded one. */
  readonly pid: number | undefined;
  /** Host name of the holder, if its run recorded one. */
  readonly host: string | undefined;
  /** In a database: when the holder's lease ends unless it renews it, as an ISO date. */
  readonly until: string | undefined;
  /** The holder is known to have died: the option `takeOver` takes the transaction from it. */
  readonly isDead: boolean;

  /** Thrown by the store that could not get the lock. */
  constructor(journal: string, holder: Partial<Pick<JournalLocked, "pid" | "host" | "until" | "isDead">> = {}) {
    const { pid, host, until, isDead = false } = holder;
    const process = pid === undefined ? "another process" : `process ${pid}`;
    const place = host === undefined ? "" : ` on ${escapeForTerminal(host)}`;
    const what = isDead ? "has died, and its lease is not over" : "is running it";
    super(journal, `Cannot open ${quote(journal)}: ${process}${place} ${what}`);
    this.pid = pid;
    this.host = host;
    this.until = until;
    this.isDead = isDead;
  }
}

/**
 * The file is not a journal, or something other than this library or a crash has changed it.
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
 *   // Look at that line. Do not restore an older copy: steps that have happened since would run again.
 *   console.log(`Line ${error.line}: ${error.reason}`);
 * } finally {
 *   await Deno.remove(path);
 * }
 * ```
 */
export class JournalDamaged extends JournalError {
  /** Line of the file, counted from 1; 0 for the file as a whole. */
  readonly line: number;
  /** What is wrong with that line. */
  readonly reason: string;

  /** Thrown by the reader. */
  constructor(journal: string, line: number, reason: string, options?: ErrorOptions) {
    const place = line === 0 ? "" : ` at line ${line}`;
    super(journal, `Cannot read ${quote(journal)}${place}: ${reason}. Nothing was changed`, options);
    this.line = line;
    this.reason = reason;
  }
}

/**
 * The program ended before the plan was complete: no step ever ran.
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
  /** Thrown before a run. */
  constructor(journal: string) {
    const what = `Cannot resume ${quote(journal)}: its plan was never completed, so no step ever ran`;
    super(journal, `${what}. The command prune --incomplete removes it. Then start the program again`);
  }
}

/**
 * A newer version of the library wrote something that this one does not know.
 *
 * @example
 * ```ts
 * import { JournalTooNew, Transaction } from "@x/resumable-tx";
 *
 * // Some machines may have an older version: another one can resume the journal.
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
  /** What this version does not know. */
  readonly unknown: string;

  /** Thrown by the reader, or before a run. */
  constructor(journal: string, unknown: string, library?: string) {
    const writer = library === undefined ? "a newer version of resumable-tx" : `resumable-tx ${library}`;
    const what = `${unknown} is not known to this version; the journal was written by ${escapeForTerminal(writer)}`;
    super(journal, `Cannot use ${quote(journal)}: ${what}. Use that version or a newer one`);
    this.unknown = unknown;
  }
}

/**
 * The journal is not safe to use as it is stored: for example, it is a link.
 *
 * @example
 * ```ts
 * import { JournalRefused, JournalUntrusted } from "@x/resumable-tx";
 *
 * export function advise(error: unknown): string {
 *   // It is a JournalRefused as well, so check for it first.
 *   if (error instanceof JournalUntrusted) return "Read it with inspect before you trust it";
 *   if (error instanceof JournalRefused) return `Put the file right: ${error.message}`;
 *   throw error;
 * }
 * console.log(advise(new JournalRefused("/srv/j.json", "it is a folder, not a journal")));
 * ```
 */
export class JournalRefused extends JournalError {
  /** Thrown by the store. */
  constructor(journal: string, reason: string) {
    super(journal, `Refused to use ${quote(journal)}: ${reason}`);
  }
}

/**
 * The transaction was exported from the database: a file has it, and the database does not run it.
 *
 * @example
 * ```ts
 * import { JournalExported } from "@x/resumable-tx";
 *
 * // Run that file where it is, or bring it back with the command import.
 * export function findFile(error: unknown): string | undefined {
 *   return error instanceof JournalExported ? error.file : undefined;
 * }
 * console.log(findFile(new JournalExported("sqlite:/srv/tx.db#ana", { file: "/srv/ana.json" }))); // /srv/ana.json
 * ```
 */
export class JournalExported extends JournalRefused {
  /** Absolute path of the file when it was written, if it is known. */
  readonly file: string | undefined;
  /** Host name of the machine where it was written, if it is known. */
  readonly host: string | undefined;

  /** Thrown by the store. */
  constructor(
    journal: string,
    { file, host }: { readonly file?: string | undefined; readonly host?: string | undefined },
  ) {
    const where = file === undefined ? "a file" : `the file ${quote(file)}`;
    const machine = host === undefined ? "" : ` on ${escapeForTerminal(host)}`;
    const ways = 'Run that file, or bring it back with the command "import". If it is gone, use the command "reclaim"';
    super(journal, `it was exported: ${where}${machine} has it. ${ways}`);
    this.file = file;
    this.host = host;
  }
}

/**
 * Another user may have written the journal, and resuming it would run the functions that it names.
 *
 * @example
 * ```ts
 * import { type JournalUntrusted, Transaction } from "@x/resumable-tx";
 *
 * // What you should read before you resume the journal with trust: true.
 * export async function describeRisk({ journal, reason }: JournalUntrusted): Promise<readonly string[]> {
 *   const { steps } = await Transaction.inspect(journal);
 *   return [reason, ...steps.map(({ module, call }) => `${call} of ${JSON.stringify(module)}`)];
 * }
 * ```
 */
export class JournalUntrusted extends JournalRefused {
  /** Why it is not trusted. */
  readonly reason: string;

  /** Thrown before a run. */
  constructor(journal: string, reason: string) {
    const advice = "If it is what you expect, resume with --trust (in a program: trust: true)";
    const risk = "Resuming a journal runs the functions that it names. Look at it with inspect";
    super(journal, `${reason}. ${risk}. ${advice}`);
    this.reason = reason;
  }
}
