import { processCounter } from "../../process/process_slot.ts";

/** How often and in what distance a lock is tried before it counts as taken: `isLocked` holds it for microseconds. */
const TRIES = 5;
const PAUSE_MS = 4;

/**
 * Takes the exclusive lock of an open file (flock: freed when the file is closed or the process dies, on SIGKILL too).
 *
 * @returns Whether this process has it now.
 */
export async function takeFileLock(file: Deno.FsFile): Promise<boolean> {
  for (let attempt = 1; !file.tryLockSync(true); attempt += 1) {
    if (attempt === TRIES) return false;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return true;
}

/** Tells whether a process holds the exclusive lock. There is no way to ask but to try, and to let go at once. */
export function isLocked(file: Deno.FsFile): boolean {
  if (!file.tryLockSync(false)) return true;
  file.unlockSync();
  return false;
}

const NAME = "open-journals";

/** Notes that this process has one more journal file open for writing; the returned function takes that back. */
export function countOpenJournal(): () => void {
  processCounter(NAME).count += 1;
  return () => {
    processCounter(NAME).count -= 1;
  };
}

/** Tells whether this process has at most one journal file open for writing. */
export function isOnlyOpenJournal(): boolean {
  return processCounter(NAME).count <= 1;
}
