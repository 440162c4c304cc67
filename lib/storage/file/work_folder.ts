import { join } from "@std/path/join";
import { JournalLocked, JournalRefused } from "../../errors/opening_errors.ts";
import { attempt } from "../../values/shape.ts";
import { tryLock } from "./file_lock.ts";
import { openError, WORK_FOLDER } from "./open_file.ts";
import { syncFolder } from "./sync_folder.ts";

/*
 * What workers remember of a folder of journals lies in it, in a folder that only they use:
 *
 *   .resumable_tx/            mode 0700, of the folder's owner or root; nothing in it is a journal
 *     NAME                    replaced as a whole, by a rename
 *     NAME.new                what is about to replace it; a crash may leave it, and nobody reads it
 *     NAME.lock               empty; locked by the process that changes NAME
 *
 * A crash leaves the old text or the new one.
 */

const OTHERS_MAY_WRITE = 0o022;
const LOCK_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 100;
/** Who has such a lock writes a few small files. */
const LOCK_LIMIT_MS = 30_000;

/** The path of a file that workers keep for a folder. Makes nothing. */
export function workFile(folder: string, name: string): string {
  return join(folder, WORK_FOLDER, name);
}

/** Makes the folder, which only its owner can read. Throws `JournalRefused` if another user can put something into it. */
export async function makeWorkFolder(folder: string): Promise<string> {
  const path = join(folder, WORK_FOLDER);
  if (isThere(folder, path)) return path;
  try {
    Deno.mkdirSync(path, { mode: 0o700 });
    await syncFolder(folder);
  } catch (error) {
    // Another process has made it.
    if (!(error instanceof Deno.errors.AlreadyExists)) throw openError(folder, error, "write");
  }
  if (!isThere(folder, path)) throw new JournalRefused(path, "it was removed while it was made");
  return path;
}

function isThere(folder: string, path: string): boolean {
  let info: Deno.FileInfo;
  try {
    info = Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw openError(path, error, "read");
  }
  if (!info.isDirectory) throw new JournalRefused(path, "it is no folder. Workers need this name: remove it");
  if (((info.mode ?? 0) & OTHERS_MAY_WRITE) !== 0) {
    throw new JournalRefused(path, "others may write it. Type chmod 700, if what is in it is yours");
  }
  const isOwn = info.uid === 0 || info.uid === attempt(() => Deno.statSync(folder))?.uid;
  if (!isOwn) throw new JournalRefused(path, `it belongs to user ${info.uid}, and the folder around it does not`);
  return true;
}

/** Locks an empty file of this name beside what is to be changed, until the object is disposed of or the process dies. */
export async function lockWorkFile(folder: string, name: string): Promise<Disposable> {
  const path = join(await makeWorkFolder(folder), `${name}.lock`);
  let file: Deno.FsFile | undefined;
  try {
    const open = file = Deno.openSync(path, { read: true, write: true, create: true, mode: 0o600 });
    const end = performance.now() + LOCK_LIMIT_MS;
    for (let pause = LOCK_PAUSE_MS; !tryLock(open, true); pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      if (performance.now() >= end) throw new JournalLocked(path);
      const ms = pause;
      await new Promise((resolve) => setTimeout(resolve, ms));
    }
    return { [Symbol.dispose]: () => open.close() };
  } catch (error) {
    file?.close();
    throw openError(path, error, "write");
  }
}

/** Reads a file; nothing if there is none. Makes nothing. Throws `JournalRefused` if another user can have written it. */
export function readWorkFile(folder: string, name: string): string | undefined {
  if (!isThere(folder, join(folder, WORK_FOLDER))) return undefined;
  const path = workFile(folder, name);
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw openError(path, error, "read");
  }
}

/** Replaces a file. A crash leaves the old or the new text, and it is durable when this resolves. The caller has the lock. */
export async function writeWorkFile(folder: string, name: string, text: string): Promise<void> {
  const path = workFile(folder, name);
  const temporary = `${path}.new`;
  try {
    {
      using file = Deno.openSync(temporary, { write: true, create: true, truncate: true, mode: 0o600 });
      const bytes = new TextEncoder().encode(text);
      for (let done = 0; done < bytes.length;) done += file.writeSync(bytes.subarray(done));
      file.syncSync();
    }
    Deno.renameSync(temporary, path);
    await syncFolder(await makeWorkFolder(folder));
  } catch (error) {
    throw openError(path, error, "write");
  }
}
