import { beginsLikeJournal } from "./begins_like_journal.ts";
import { openError } from "./open_error.ts";

/**
 * Says in words what is unwise about a journal file's mode. Nothing of what is no journal, and on systems
 * without modes.
 *
 * @throws {JournalNotFound} {@linkcode JournalRefused} It is not there, or may not be looked at.
 */
export function describeJournalMode(journal: string): readonly string[] {
  let mode: number | null;
  try {
    const info = Deno.statSync(journal);
    // Opening a named pipe would wait for somebody to write into it.
    if (!info.isFile || !beginsLikeJournal(journal)) return [];
    mode = info.mode;
  } catch (error) {
    throw openError(journal, error, "read");
  }
  if (mode === null || Deno.build.os === "windows") return [];
  const octal = (mode & 0o777).toString(8).padStart(4, "0");
  if ((mode & 0o022) !== 0) {
    return [`others may write it (mode ${octal}): what they write is run when it is resumed. Type chmod 600`];
  }
  if ((mode & 0o044) === 0) return [];
  return [`others may read it (mode ${octal}), arguments and values included. Type chmod 600 if that matters`];
}
