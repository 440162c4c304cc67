import { journalPath } from "../run/journal_path.ts";
import { UsageError } from "./usage_error.ts";

/**
 * Turns a word that names a journal or a folder, a path or a `file:` URL, into its absolute path.
 *
 * @throws {UsageError} It is a URL that no path belongs to.
 */
export function readPath(word: string | undefined, command?: string): string {
  try {
    return journalPath(word);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new UsageError(`Cannot use ${JSON.stringify(word)}, which names no path: ${detail}`, command);
  }
}
