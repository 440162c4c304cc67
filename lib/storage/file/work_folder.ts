import { join } from "@std/path/join";
import { JournalLocked, JournalRefused } from "../../errors/opening_errors.ts";
import { attempt } from "../../values/shape.ts";
import { tryLock } from "./file_lock.ts";
import { openError } from "./open_file.ts";
import { syncFolder } from "./sync_folder.ts";

/** What workers remember of a folder of journals is kept in this folder beside them. `list` leaves it out. */
const NAME = ".resumable_tx";
const LOCK_PAUSE_MS = 5;
/** Who has such a lock writes a few small files. */
const LOCK_LIMIT_MS = 30_000;

/** The path of a file that workers keep for a folder. Makes nothing. */
export function workFile(folder: string, name: string): string {
  return join(folder, NAME, name);
}

/** Makes the folder, which only its owner can read. Refuses one that leads elsewhere. */
export async function makeWorkFolder(folder: string): Promise<string> {
  const path = join(folder, NAME);
  try {
    if (attempt(() => Deno.lstatSync(path))?.isDirectory === true) return path;
    try {
      Deno.mkdirSync(path, { mode: 0o700 });
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
      if (!Deno.lstatSync(path).isDirectory) throw new JournalRefused(path, "it is no folder. Remove it");
      return path;
    }
    await syncFolder(folder);
    return path;
  } catch (error) {
    throw openError(path, error, "write");
  }
}

/** Locks an empty file of this name beside what is to be changed, until the object is disposed of or the process dies. */
export async function lockWorkFile(folder: string, name: string): Promise<Disposable> {
  const path = join(await makeWorkFolder(folder), `${name}.lock`);
  let file: Deno.FsFile | undefined;
  try {
    const open = file = Deno.openSync(path, { read: true, write: true, create: true, mode: 0o600 });
    for (const begin = performance.now(); !tryLock(open, true);) {
      if (performance.now() - begin > LOCK_LIMIT_MS) throw new JournalLocked(path);
      await new Promise((resolve) => setTimeout(resolve, LOCK_PAUSE_MS));
    }
    return { [Symbol.dispose]: () => open.close() };
  } catch (error) {
    file?.close();
    throw openError(path, error, "write");
  }
}

/** Reads a file; nothing if there is none. */
export function readWorkFile(folder: string, name: string): string | undefined {
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
