import { dirname } from "@std/path/dirname";
import { JournalRefused } from "../../errors/opening_errors.ts";
import { toFlags } from "../../process/permissions.ts";
import { journalPath } from "../../run/start/journal_path.ts";
import { FileStore } from "../../storage/file/file_store.ts";
import { type CommandArgument, type CommandRequest, UsageError } from "./command.ts";

export const JOURNAL: CommandArgument = {
  name: "JOURNAL",
  summary: "path or file: URL of the journal",
  completion: "journal",
};

export const STEP: CommandArgument = {
  name: "STEP",
  summary: "number or name of the step, as inspect shows it",
  completion: [],
};

/** A journal that a command is about, and where it is stored. */
export interface NamedJournal {
  readonly store: FileStore;
  readonly journal: string;
}

/**
 * Finds the journal that a command is about: its first argument.
 *
 * @throws {UsageError} It is a URL that is no path.
 * @throws {JournalRefused} Deno has no permission for it.
 */
export function readJournal({ arguments: [word] }: CommandRequest, access: "read" | "write"): NamedJournal {
  const journal = readPath(word);
  requirePermission(journal, access);
  return { store: new FileStore(), journal };
}

/**
 * Turns a path or a `file:` URL into an absolute path.
 *
 * @throws {UsageError} It is a URL that is no path.
 */
export function readPath(word: string | undefined, command?: string): string {
  try {
    return journalPath(word);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new UsageError(`Cannot use ${JSON.stringify(word)}, which names no path: ${detail}`, command);
  }
}

/**
 * Checks, before a file is touched, that Deno may read it, or read and write it: no prompt comes up, and the message names
 * the flags.
 *
 * @param journal The journal, or a folder of journals.
 * @param folder Where files are created or removed.
 * @throws {JournalRefused} A permission is missing.
 */
export function requirePermission(journal: string, access: "read" | "write", folder: string = dirname(journal)): void {
  const needed = access === "read" ? ["read"] as const : ["read", "write"] as const;
  const missing = needed.filter((name) => Deno.permissions.querySync({ name, path: journal }).state !== "granted");
  if (missing.length === 0) return;
  // A run may have to put a file beside the journal.
  const value = access === "read" ? journal : folder;
  const flags = toFlags(missing.map((name) => ({ name, value })));
  throw new JournalRefused(journal, `Deno has no permission to ${missing.join(" and ")} it. Add ${flags}`);
}
