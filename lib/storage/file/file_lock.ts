import { processSlot } from "../../process/process_slot.ts";
import { safeText } from "../../text/escape.ts";
import { isObject } from "../../values/shape.ts";

/** `isLocked` holds a lock for microseconds: one that is still there after this number of tries is a real one. */
const LOCK_TRIES = 5;
const LOCK_PAUSE_MS = 4;

/** Tries to take the exclusive lock of an open file: flock, freed when the file is closed or the process dies. */
export async function takeFileLock(file: Deno.FsFile): Promise<boolean> {
  for (let attempt = 1; !tryLock(file, true); attempt += 1) {
    if (attempt === LOCK_TRIES) return false;
    await new Promise((resolve) => setTimeout(resolve, LOCK_PAUSE_MS));
  }
  return true;
}

/** Tells whether a process holds the exclusive lock. The only way to find out is to try, and to release it at once. */
export function isLocked(file: Deno.FsFile): boolean {
  if (!tryLock(file, false)) return true;
  file.unlockSync();
  return false;
}

export function tryLock(file: Deno.FsFile, exclusive: boolean): boolean {
  try {
    return file.tryLockSync(exclusive);
  } catch (error) {
    throw new LockFailed(error);
  }
}

/** The file system has no locks, or fails to take one. */
export class LockFailed extends Error {
  override readonly name = "LockFailed";

  constructor(cause: unknown) {
    const why = `its file system takes no lock (${safeText(cause)})`;
    super(`cannot tell whether a process runs it: ${why}. Use a copy on a local disk`, { cause });
  }
}

/** Counts one more journal file that this process has open for writing; the returned function uncounts it. */
export function countOpenJournal(): () => void {
  openJournals().count += 1;
  return () => void (openJournals().count -= 1);
}

export function isOnlyOpenJournal(): boolean {
  return openJournals().count <= 1;
}

function openJournals(): { count: number } {
  const isKind = (value: unknown): value is { count: number } => isObject(value) && typeof value["count"] === "number";
  return processSlot("open-journals", isKind, () => ({ count: 0 }));
}
