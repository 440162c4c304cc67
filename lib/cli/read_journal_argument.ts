import { journalPath } from "../run/journal_path.ts";
import type { CommandRequest } from "./command.ts";
import { UsageError } from "./usage_error.ts";

/**
 * Finds the journal that a command is about: its first argument.
 *
 * @throws {UsageError} It is a URL that no path belongs to.
 */
export function readJournalArgument(request: CommandRequest): string {
  try {
    return journalPath(request.arguments[0]);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
