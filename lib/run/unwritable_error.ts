import { Fenced, JournalUnwritable, StorageFull } from "../errors/storage_errors.ts";
import { commandLine } from "./command_line.ts";
import type { Session } from "./session.ts";

/**
 * Says of a run whose journal failed what it has lost, and what to type when that is mended.
 *
 * @param resumeWords What belongs behind the journal in every command that resumes it.
 * @returns The error to throw; anything else than a failed journal is returned as it is.
 */
export function unwritableError(error: unknown, session: Session, resumeWords: readonly string[]): unknown {
  if (!(error instanceof JournalUnwritable)) return error;
  const { journal, losses, state } = session;
  const what = [error.message, ...losses.describe()].join(". ");
  // Where the journal is now nobody knows.
  if (error instanceof Fenced) {
    return losses.describe().length === 0 ? error : new Fenced(journal, what, { cause: error });
  }
  const text = `${what}\nThen run the rest\n  ${commandLine(state.library, "resume", journal, ...resumeWords)}`;
  const isFull = error instanceof StorageFull && !losses.hasEnds;
  if (isFull) return new StorageFull(journal, text, { cause: error.cause });
  return new JournalUnwritable(journal, text, { cause: error instanceof StorageFull ? error : error.cause });
}
