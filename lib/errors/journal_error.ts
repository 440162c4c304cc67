import { escapeForTerminal } from "../text/escape.ts";

/**
 * What all errors about one journal have in common: they know which journal.
 *
 * @example
 * ```ts
 * import { JournalError, Transaction } from "@x/resumable-tx";
 *
 * // One journal that cannot go on does not keep the others from it.
 * export async function resumeAll(journals: readonly string[]): Promise<ReadonlyMap<string, string>> {
 *   const problems = new Map<string, string>();
 *   for (const journal of journals) {
 *     try {
 *       await Transaction.resume(journal);
 *     } catch (error) {
 *       if (!(error instanceof JournalError)) throw error;
 *       problems.set(error.journal, `${error.name}: ${error.message}`);
 *     }
 *   }
 *   return problems;
 * }
 * console.log((await resumeAll(["no_such_journal.json"])).size); // 1
 * ```
 */
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

/** Puts a journal's name into a message. */
export function quote(text: string): string {
  return JSON.stringify(text);
}

/** Messages quote journals, and Deno prints them as they are. Line ends are meant: text of others comes on one line. */
export function escapeMessage(message: string): string {
  return message.split("\n").map(escapeForTerminal).join("\n");
}
