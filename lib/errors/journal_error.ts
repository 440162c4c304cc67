import { escapeForTerminal } from "../text/escape.ts";

/**
 * The base of all errors about one journal.
 *
 * @example
 * ```ts
 * import { JournalError, Transaction } from "@x/resumable-tx";
 *
 * // A journal that cannot be resumed does not stop the others.
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
  /** What to type next, in the order to consider it. The message ends with it, too. */
  readonly next: readonly NextCommand[];

  /** For subclasses. */
  constructor(journal: string, message: string, options: ErrorOptions & Partial<Pick<JournalError, "next">> = {}) {
    const { next = [] } = options;
    super(escapeMessage([message, ...nextLines(next)].join("\n")), options);
    this.journal = journal;
    this.next = next;
    this.name = new.target.name;
  }
}

/**
 * A command for a person to type.
 *
 * @example
 * ```ts
 * import { type NextCommand, Transaction } from "@x/resumable-tx";
 *
 * export async function toMail(journal: string): Promise<string> {
 *   const { next }: { readonly next: readonly NextCommand[] } = await Transaction.inspect(journal);
 *   return next.map(({ when, command }) => `${when}:\n  ${command}\n`).join("\n");
 * }
 * ```
 */
export interface NextCommand {
  /** When it is the right one, in a few words. */
  readonly when: string;
  /** The command, for a shell. */
  readonly command: string;
}

/** The commands as lines of text, each after when it is the right one. */
export function nextLines(next: readonly NextCommand[]): readonly string[] {
  return next.flatMap(({ when, command }) => [when, `  ${command}`]);
}

/** Messages quote journals, and Deno prints messages unescaped. Line ends are intended: quoted text has none. */
export function escapeMessage(message: string): string {
  return message.split("\n").map(escapeForTerminal).join("\n");
}
