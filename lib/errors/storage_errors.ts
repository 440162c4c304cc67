import { quote } from "../text/escape.ts";
import { JournalError } from "./journal_error.ts";

/**
 * The disk or the database of the journal failed. The run has ended. The journal holds what was acknowledged.
 *
 * @example
 * ```ts
 * import { JournalUnwritable, type Transaction } from "@x/resumable-tx";
 *
 * // Does not use a disk again that has failed.
 * export async function runUntilDiskFails(batch: readonly Transaction[]): Promise<number> {
 *   for (const [done, t] of batch.entries()) {
 *     try {
 *       await t.run();
 *     } catch (error) {
 *       if (!(error instanceof JournalUnwritable)) throw error;
 *       console.error(error.message); // names the step whose end is not recorded, if there is one
 *       return done;
 *     }
 *   }
 *   return batch.length;
 * }
 * ```
 */
export class JournalUnwritable extends JournalError {}

/**
 * There is no room for a record. The journal is unchanged, and takes records that need no more room.
 *
 * @example
 * ```ts
 * import { StorageFull } from "@x/resumable-tx";
 *
 * // `start` runs a transaction with ifExists: "resume": called again, it resumes where the full disk stopped it.
 * export async function startWithRoom(start: () => Promise<void>, makeRoom: () => Promise<void>): Promise<void> {
 *   try {
 *     await start();
 *   } catch (error) {
 *     if (!(error instanceof StorageFull)) throw error;
 *     await makeRoom();
 *     await start();
 *   }
 * }
 * ```
 */
export class StorageFull extends JournalUnwritable {}

/**
 * The run no longer owns the journal: its file was moved or replaced, or another owner took over.
 *
 * @example
 * ```ts
 * import { Fenced } from "@x/resumable-tx";
 *
 * export function explainStop(error: unknown): string {
 *   if (!(error instanceof Fenced)) throw error;
 *   return `Find the file that was ${error.journal}: it has what happened, and a fresh start would do all of it again`;
 * }
 * console.log(explainStop(new Fenced("/srv/j.json", "Cannot write: the file was moved")));
 * ```
 */
export class Fenced extends JournalUnwritable {
  /** In a database: the process that has the transaction now, if that is known, and since when, as an ISO date. */
  readonly owner: { readonly pid: number; readonly host?: string | undefined; readonly since: string } | undefined;

  /** Thrown by the run, or by the store. */
  constructor(
    journal: string,
    message: string,
    { owner, ...options }: ErrorOptions & { readonly owner?: Fenced["owner"] } = {},
  ) {
    super(journal, message, options);
    this.owner = owner;
  }
}

/**
 * The queue of the transaction lets no more run at this moment: as many run as may, or its rate gives none. Nothing was changed.
 *
 * @example
 * ```ts
 * import { QueueFull, Transaction } from "@x/resumable-tx";
 *
 * // A worker runs it when there is room.
 * export async function resumeIfRoom(journal: string): Promise<boolean> {
 *   try {
 *     await Transaction.resume(journal);
 *     return true;
 *   } catch (error) {
 *     if (!(error instanceof QueueFull)) throw error;
 *     return false;
 *   }
 * }
 * ```
 */
export class QueueFull extends JournalError {
  /** Thrown by the store. */
  constructor(journal: string) {
    const why = "as many of its queue are running as may run, or its rate gives no more at this moment";
    super(journal, `Cannot run ${quote(journal)}: ${why}. Try again later, or let a worker run it`);
  }
}
