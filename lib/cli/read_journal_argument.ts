import type { CommandRequest } from "./command.ts";
import { readPath } from "./read_path.ts";

/**
 * Finds the journal that a command is about: its first argument.
 *
 * @throws {UsageError} It is a URL that no path belongs to.
 */
export function readJournalArgument(request: CommandRequest): string {
  return readPath(request.arguments[0]);
}
