import { escapeForTerminal } from "../text/escape.ts";
import { escapeMessage, JournalError, quote } from "./journal_error.ts";

/**
 * A new transaction was given the name of a journal that is there already.
 *
 * @example
 * ```ts
 * import { JournalExists, type Transaction } from "@x/resumable-tx";
 *
 * // With one journal for each user, the name is taken as long as an earlier transaction is not done.
 * export async function runOnce(t: Transaction): Promise<string> {
 *   try {
 *     await t.run();
 *     return "done";
 *   } catch (error) {
 *     if (error instanceof JournalExists) return `${error.journal} has to be finished first`;
 *     throw error;
 *   }
 * }
 * ```
 */
export class JournalExists extends JournalError {
  /** Made by the store that refused to create the journal. */
  constructor(journal: string, options?: ErrorOptions) {
    super(
      journal,
      `Cannot create ${
        quote(journal)
      }: it exists already. Look at it with the command inspect, and go on with it by resume; or name another ` +
        `journal, or set ifExists: "resume". Without it nobody knows what has happened: delete it only when that is over`,
      options,
    );
  }
}

/**
 * The plan in the journal is not the plan that the program made now (`ifExists: "resume"`).
 *
 * @example
 * ```ts
 * import { PlanDiffers, Transaction } from "@x/resumable-tx";
 *
 * // `start` runs a transaction with ifExists: "resume"; its program has been changed since a crash.
 * export async function finishOldThenStart(start: () => Promise<unknown>): Promise<unknown> {
 *   try {
 *     return await start();
 *   } catch (error) {
 *     if (!(error instanceof PlanDiffers)) throw error;
 *     console.warn(`Finishing the old plan first: ${JSON.stringify(error.difference)}`);
 *     await Transaction.resume(error.journal);
 *     return await start();
 *   }
 * }
 * ```
 */
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

/**
 * A step's module or export cannot be used: missing, not a function, not permitted, or not allowed.
 *
 * @example
 * ```ts
 * import { ModuleUnavailable } from "@x/resumable-tx";
 *
 * export function describeLack(error: unknown): string {
 *   if (!(error instanceof ModuleUnavailable)) throw error;
 *   return error.export === undefined ? `${error.module} as a whole` : `"${error.export}" of ${error.module}`;
 * }
 * console.log(describeLack(new ModuleUnavailable("file:///srv/mail.ts", "sned", "No such export")));
 * // "sned" of file:///srv/mail.ts
 * ```
 */
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
