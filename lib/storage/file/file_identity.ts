import { JournalDamaged, JournalRefused } from "../../errors/opening_errors.ts";
import { openError } from "./open_error.ts";

/**
 * Opens a path that must be a regular file with one name. Looks before it opens, because opening a FIFO never returns.
 *
 * @param access To read, or to read and write. A symbolic link is followed for reading only.
 * @throws {JournalDamaged} It is a folder or something else that is no file.
 * @throws {JournalRefused} It is a link, or may not be opened.
 * @throws {JournalNotFound} It is not there.
 */
export function openRegularFile(journal: string, access: "read" | "write"): Deno.FsFile {
  try {
    const info = access === "read" ? Deno.statSync(journal) : Deno.lstatSync(journal);
    const refusal = access === "write" ? describeLinks(journal, info) : undefined;
    if (refusal !== undefined) throw new JournalRefused(journal, refusal);
    if (!info.isFile) {
      const hint = info.isDirectory ? "; the command list shows the journals in it" : "";
      throw new JournalDamaged(journal, 0, `it is ${kindOf(info)}, not a journal file${hint}`);
    }
    return openUnchanged(journal, access);
  } catch (error) {
    throw openError(journal, error, access);
  }
}

/**
 * Says why a path is not written that is not the one name of its file; nothing if it is.
 *
 * @param info What `lstat` says of it.
 */
export function describeLinks(journal: string, info: Deno.FileInfo): string | undefined {
  if (info.isSymlink) return `it is a symbolic link; name ${quoteTarget(journal)} itself`;
  if (!info.isFile || info.nlink === null || info.nlink < 2) return undefined;
  return `it has ${info.nlink} names (hard links); remove the others first`;
}

function openUnchanged(journal: string, access: "read" | "write"): Deno.FsFile {
  const file = Deno.openSync(journal, { read: true, write: access === "write" });
  try {
    if (!hasSameFileIdentity(journal, file)) throw new FileReplaced(journal);
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}

/** While a journal was opened, its path came to lead to another file. Whoever opens it tries again. */
export class FileReplaced extends JournalRefused {
  /** Made when a path was looked at twice. */
  constructor(journal: string) {
    super(journal, "it was replaced while it was opened");
  }
}

/** Tells whether a path still leads to an open file. */
export function hasSameFileIdentity(journal: string, file: Deno.FsFile): boolean {
  const open = file.statSync();
  try {
    const found = Deno.statSync(journal);
    return found.dev === open.dev && found.ino === open.ino;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw openError(journal, error, "read");
  }
}

function kindOf(info: Deno.FileInfo): string {
  if (info.isDirectory) return "a folder";
  if (info.isFifo === true) return "a named pipe";
  if (info.isSocket === true) return "a socket";
  return "a device";
}

function quoteTarget(journal: string): string {
  try {
    return JSON.stringify(Deno.realPathSync(journal));
  } catch {
    return "the file";
  }
}
