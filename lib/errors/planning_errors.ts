import { escapeForTerminal, quote } from "../text/escape.ts";
import { escapeMessage, JournalError } from "./journal_error.ts";

/**
 * A new transaction was given the name of a journal that exists already.
 *
 * @example
 * ```ts
 * import { JournalExists, type Transaction } from "@x/resumable-tx";
 *
 * // With one journal for each user, the name is taken until the earlier transaction is finished.
 * export async function runOnce(t: Transaction): Promise<string> {
 *   try {
 *     await t.run();
 *     return "done";
 *   } catch (error) {
 *     if (error instanceof JournalExists) return `Finish ${error.journal} first`;
 *     throw error;
 *   }
 * }
 * ```
 */
export class JournalExists extends JournalError {
  /** Thrown by the store. */
  constructor(journal: string, options?: ErrorOptions) {
    const what = `Cannot create ${quote(journal)}: it exists already`;
    const advice = "Look at it with the command inspect, and resume it; or use another name, or set ifExists";
    const warning = "Do not delete it before it is finished: only it tells what has happened";
    super(journal, `${what}. ${advice}. ${warning}`, options);
  }
}

/**
 * The plan in the journal differs from the plan that the program made now (`ifExists: "resume"`).
 *
 * @example
 * ```ts
 * import { PlanDiffers, Transaction } from "@x/resumable-tx";
 *
 * // `start` runs a transaction with ifExists: "resume", and its program has changed since a crash.
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
  /** The first difference, in words. */
  readonly difference: string;

  /** Thrown when the two plans have been compared. */
  constructor(journal: string, difference: string, { next = [] }: Partial<Pick<JournalError, "next">> = {}) {
    const what = `the program's plan differs from the journal's: ${escapeForTerminal(difference)}`;
    const advice = next.length > 0 ? "" : ". Finish the journal with the command resume, or use another name";
    super(journal, `Cannot use ${quote(journal)}: ${what}${advice}`, { next });
    this.difference = difference;
  }
}

/**
 * A step's module or export cannot be used: it is missing, not a function, not permitted, or not allowed.
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
  /** The module's URL as in the journal. */
  readonly module: string;
  /** The export's name; absent if the module as a whole is unavailable. */
  readonly export: string | undefined;

  /** Thrown when modules are loaded. */
  constructor(module: string, exportName: string | undefined, message: string, options?: ErrorOptions) {
    super(escapeMessage(message), options);
    this.name = "ModuleUnavailable";
    this.module = module;
    this.export = exportName;
  }
}
