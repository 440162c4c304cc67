import { safeText } from "../../text/escape.ts";
import { dirname } from "@std/path/dirname";
import { join } from "@std/path/join";
import { JournalError } from "../../errors/journal_error.ts";
import { JournalDamaged, JournalNotFound, JournalRefused } from "../../errors/opening_errors.ts";
import { JournalUnwritable } from "../../errors/storage_errors.ts";
import { attempt } from "../../values/shape.ts";
import { LockFailed } from "./file_lock.ts";

/** Looks before it opens, because opening a named pipe never returns. Follows a symbolic link for reading only. */
export function openRegularFile(journal: string, access: "read" | "write"): Deno.FsFile {
  try {
    // A crash right after a journal got its name leaves it with its first name, too.
    if (access === "write") temporaryNames(journal, Deno.lstatSync(journal)).forEach(removeIfThere);
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

/** In a folder of journals: the folder of what workers remember. Nothing in it is a journal. */
export const WORK_FOLDER = ".resumable_tx";
/** How the first name of a journal begins, and that of files that only show whether one can be created. */
export const TEMPORARY = ".resumable_tx_";

/** Another process, as that which has created it, may remove a file at the same time. */
export function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function temporaryNames(journal: string, info: Deno.FileInfo): readonly string[] {
  const folder = dirname(journal);
  if (!info.isFile || info.nlink === null || info.nlink < 2 || !isPermitted("read", folder)) return [];
  const names = Array.from(Deno.readDirSync(folder), ({ name }) => name).filter((name) => name.startsWith(TEMPORARY));
  return names.map((name) => join(folder, name)).filter((path) => {
    const other = attempt(() => Deno.lstatSync(path));
    return other?.ino === info.ino && other?.dev === info.dev;
  });
}

/** Says why a path is not written that is not the one name of its file. `info` is from `lstat`. */
export function describeLinks(journal: string, info: Deno.FileInfo): string | undefined {
  if (info.isSymlink) {
    const target = attempt(() => Deno.realPathSync(journal));
    return `it is a symbolic link; name ${target === undefined ? "the file" : JSON.stringify(target)} itself`;
  }
  if (!info.isFile || info.nlink === null || info.nlink < 2) return undefined;
  if (info.nlink - temporaryNames(journal, info).length < 2) return undefined;
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

/** The path of a journal led to another file before it was open. The store tries again. */
export class FileReplaced extends JournalRefused {
  constructor(journal: string) {
    super(journal, "it was replaced while it was opened");
  }
}

export function hasSameFileIdentity(journal: string, file: Deno.FsFile): boolean {
  return findSameFile(journal, file.statSync()) !== undefined;
}

/** Looks at the file to which a path leads. Nothing if it is not the one that is open, or if there is none. */
export function findSameFile(journal: string, open: Deno.FileInfo): Deno.FileInfo | undefined {
  try {
    const found = Deno.statSync(journal);
    return found.dev === open.dev && found.ino === open.ino ? found : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw openError(journal, error, "read");
  }
}

function kindOf(info: Deno.FileInfo): string {
  if (info.isDirectory) return "a folder";
  if (info.isFifo === true) return "a named pipe";
  if (info.isSocket === true) return "a socket";
  return "a device";
}

/** Reads from a journal. What fails is said in terms of the journal. */
export function reading<T>(journal: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw openError(journal, error, "read");
  }
}

/** The same of a folder of journals. */
export function folderError(folder: string, error: unknown): unknown {
  if (error instanceof Deno.errors.NotADirectory) return new JournalRefused(folder, "it is no folder");
  return openError(folder, error, "read");
}

/** Says, in terms of the journal, why its file cannot be opened, and what to do. */
export function openError(journal: string, error: unknown, access: "read" | "write"): unknown {
  const name = JSON.stringify(journal);
  if (error instanceof Deno.errors.NotFound) return new JournalNotFound(journal, { cause: error });
  if (error instanceof Deno.errors.NotCapable) {
    const missing = findMissing(journal, access);
    const flags = missing.map((flag) =>
      statesOf(flag, journal).includes("denied") ? `change --deny-${flag}` : `add --allow-${flag}`
    );
    const what = `Deno has no permission to ${missing.join(" and ")} it`;
    return new JournalRefused(journal, `${what}; ${flags.join(" and ")} for ${name} and its folder`);
  }
  if (error instanceof Deno.errors.PermissionDenied) return new JournalRefused(journal, describeDenied(access));
  if (error instanceof Deno.errors.IsADirectory) return new JournalRefused(journal, "it is a folder, not a journal");
  if (error instanceof Deno.errors.FilesystemLoop) {
    return new JournalRefused(journal, "it is a circle of symbolic links");
  }
  if (!(error instanceof Error) || error instanceof JournalError) return error;
  const isChanged = error instanceof FileChanged || error instanceof LockFailed;
  // Deno gives a code to most errors of the system, but not to all.
  if (!isChanged && !("code" in error) && !/\(os error \d+\)/.test(error.message)) return error;
  return new JournalUnwritable(journal, `Cannot ${access} ${name}: ${safeText(error)}`, { cause: error });
}

export function describeDenied(access: "read" | "write"): string {
  return `the operating system does not let this user ${access} it; check its mode and owner`;
}

function findMissing(journal: string, access: "read" | "write"): readonly ("read" | "write")[] {
  const needed = neededFor(access);
  const missing = needed.filter((name) => statesOf(name, journal).some((state) => state !== "granted"));
  return missing.length === 0 ? needed : missing;
}

export function neededFor(access: "read" | "write"): readonly ("read" | "write")[] {
  return access === "read" ? ["read"] : ["read", "write"];
}

/** The folder counts too: a file is created in it, and the folder is synced. */
function statesOf(name: "read" | "write", journal: string): readonly Deno.PermissionState[] {
  return [journal, dirname(journal)].map((path) => Deno.permissions.querySync({ name, path }).state);
}

/** Follows links; nothing if the path cannot be looked at. */
export function tryStat(path: string): Deno.FileInfo | undefined {
  return attempt(() => Deno.statSync(path));
}

export function isPermitted(name: "read" | "write", path: string): boolean {
  return Deno.permissions.querySync({ name, path }).state === "granted";
}

/** A file that only grows has become shorter, or another, while it was read: another program has written over it. */
export class FileChanged extends Error {
  override readonly name = "FileChanged";

  /** @param how What has happened, as it follows "Cannot read …: ". */
  constructor(how: string) {
    super(`${how} while it was read. Try again when no other program writes to it`);
  }
}

/** Throws why no file can be made in a folder. */
export function requireWritable(folder: string): void {
  try {
    Deno.removeSync(Deno.makeTempFileSync({ dir: folder, prefix: TEMPORARY }));
  } catch (error) {
    throw openError(folder, error, "write");
  }
}
