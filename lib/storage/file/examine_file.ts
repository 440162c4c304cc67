import { dirname } from "@std/path/dirname";
import { JournalRefused } from "../../errors/opening_errors.ts";
import { nodeProcess } from "../../process/process_slot.ts";
import { quote } from "../../text/escape.ts";
import { attempt } from "../../values/shape.ts";
import type { Distrust } from "../open_journal.ts";
import type { Examination } from "../store.ts";
import { beginsLikeJournal } from "./classify_tail.ts";
import { describeDenied, describeLinks, isPermitted, openRegularFile, TEMPORARY, tryStat } from "./open_file.ts";

const OTHERS_MAY_WRITE = 0o022;
const OTHERS_MAY_READ = 0o044;
const OWNER_MAY_CHANGE = 0o300;
const STICKY = 0o1000;
const MOUNTS = "/proc/self/mountinfo";

/** Looks at the file of a journal as a run that opens it does, and writes nothing. See `Store.examine`. */
export function examineFile(journal: string): Examination {
  const info = attempt(() => Deno.lstatSync(journal));
  if (info === undefined) return {};
  const target = info.isSymlink ? tryStat(journal) : info;
  // Opening a named pipe would wait for a writer.
  const isJournal = target?.isFile === true && attempt(() => beginsLikeJournal(journal)) === true;
  const about = {
    isJournal,
    exposure: isJournal ? describeExposure(target) : undefined,
    hazard: describeFileSystem(journal),
    changedAt: target?.mtime?.toISOString(),
  };
  const refusal = describeLinks(journal, info) ?? (info.isFile ? tryToOpen(journal) : undefined);
  if (refusal !== undefined) return { ...about, refusal };
  const staying = describeStaying(journal, info, { isDry: true });
  return { ...about, distrust: describeDistrust(journal, info, { isDry: true }), staying };
}

/** Opening a file for writing does not change it. */
function tryToOpen(journal: string): string | undefined {
  if (!isPermitted("write", journal)) return undefined;
  try {
    openRegularFile(journal, "write").close();
    return undefined;
  } catch (error) {
    if (error instanceof JournalRefused && error.message.endsWith(describeDenied("write"))) {
      return describeDenied("write");
    }
    const isReadOnly = error instanceof Error && /\(os error 30\)|EROFS/.test(error.message);
    return isReadOnly ? "its disk is read-only. Mount it for writing, or use a copy" : undefined;
  }
}

function describeExposure(info: Deno.FileInfo): string | undefined {
  if (Deno.build.os === "windows") return undefined;
  const mode = octalMode(info);
  if (hasMode(info, OTHERS_MAY_WRITE)) {
    return `others may write it (mode ${mode}): what they write is run when it is resumed. Type chmod 600`;
  }
  if (!hasMode(info, OTHERS_MAY_READ)) return undefined;
  return `others may read it (mode ${mode}), arguments and values included. Type chmod 600 if that matters`;
}

/** Trusted is what belongs to this user or to root, and what no other user can write or replace. `isDry`: makes no file. */
export function describeDistrust(journal: string, info: Deno.FileInfo, { isDry = false } = {}): Distrust | undefined {
  if (Deno.build.os === "windows") return undefined;
  if (hasMode(info, OTHERS_MAY_WRITE)) return known(`others may write it (mode ${octalMode(info)}). Type chmod 600`);
  const folder = dirname(journal);
  if (!isPermitted("read", folder)) {
    const why = "whether others may replace it is unknown: Deno may not look at its folder";
    return { reason: `${why}. Add --allow-read=${folder}`, isKnown: false };
  }
  const folderInfo = Deno.statSync(folder);
  const isShared = hasMode(folderInfo, OTHERS_MAY_WRITE);
  if (isShared && !hasMode(folderInfo, STICKY)) {
    return known(`others may replace it: they may write ${quote(folder)} (mode ${octalMode(folderInfo)})`);
  }
  if (info.uid === 0 && folderInfo.uid === 0) return undefined;
  const own = ownUid();
  const user = own ?? (isDry ? undefined : attempt(() => ownerOfNewFile(folder)));
  if (user !== undefined) {
    const isOwn = ({ uid }: Deno.FileInfo) => uid === user || uid === 0;
    if (!isOwn(info)) return known(`it belongs to user ${info.uid}, not to this user (${user})`);
    if (!isOwn(folderInfo)) {
      return known(`its folder ${quote(folder)} belongs to user ${folderInfo.uid}, who may replace it`);
    }
  }
  if (own !== undefined) return undefined;
  // A file of this user's is not enough: a dry run makes none, and a run asks for nothing that it could not foresee.
  const reason = "whether it belongs to this user is unknown: Deno may not ask who this user is. Add --allow-sys=uid";
  return { reason, isKnown: user === undefined && !isDry && isShared };
}

function known(reason: string): Distrust {
  return { reason, isKnown: true };
}

/** The owner of a file that this process makes; nothing if Deno does not permit it. A crash leaves an empty file. */
function ownerOfNewFile(folder: string): number | null | undefined {
  if (!isPermitted("write", folder) || !isPermitted("read", folder)) return undefined;
  const path = Deno.makeTempFileSync({ dir: folder, prefix: TEMPORARY });
  const { uid } = Deno.statSync(path);
  Deno.removeSync(path);
  return uid;
}

function ownUid(): number | null | undefined {
  return Deno.permissions.querySync({ name: "sys", kind: "uid" }).state === "granted" ? Deno.uid() : undefined;
}

function hasMode({ mode }: Deno.FileInfo, bits: number): boolean {
  return ((mode ?? 0) & bits) !== 0;
}

function octalMode({ mode }: Deno.FileInfo): string {
  return ((mode ?? 0) & 0o7777).toString(8).padStart(4, "0");
}

/** Says why this user cannot remove a journal. In a folder of this user's own the mode tells. `isDry`: makes no file. */
export function describeStaying(journal: string, info: Deno.FileInfo, { isDry = false } = {}): string | undefined {
  const folder = dirname(journal);
  if (Deno.build.os === "windows" || !isPermitted("read", folder)) return undefined;
  const folderInfo = Deno.statSync(folder);
  const own = ownUid();
  const mayChange = ((folderInfo.mode ?? 0) & OWNER_MAY_CHANGE) === OWNER_MAY_CHANGE;
  if (own === 0 || (own === folderInfo.uid && mayChange)) return undefined;
  const isAnothers = own !== undefined && own !== folderInfo.uid && own !== info.uid;
  if (!(isAnothers && hasMode(folderInfo, STICKY))) {
    // In another user's, groups and access lists matter, too: only creating an empty file and removing it tells.
    if (isDry ? !isClosed(own, folderInfo) : mayCreateAndRemove(folder)) return undefined;
  }
  const place = `${quote(folder)} (mode ${octalMode(folderInfo)}, of user ${folderInfo.uid})`;
  return `it is removed when all steps are done, and this user may not remove files of ${place}. Change that, or keep ` +
    `it: --keep, or keep: true`;
}

/** Tells whether the mode alone shows that this user may not write a folder. */
function isClosed(own: number | null | undefined, info: Deno.FileInfo): boolean {
  // On Linux no access list grants what the mode of the group does not; of other systems that is not known.
  if (own === undefined || own === null || Deno.build.os !== "linux") return false;
  return own === info.uid || !hasMode(info, OTHERS_MAY_WRITE);
}

function mayCreateAndRemove(folder: string): boolean {
  try {
    ownerOfNewFile(folder);
    return true;
  } catch (error) {
    // Any other error says nothing about what this user may do.
    return !(error instanceof Deno.errors.PermissionDenied);
  }
}

/** What is unsafe about a journal's file system; nothing if `--allow-sys=statfs` or `--allow-read` is missing. */
export function describeFileSystem(journal: string, findType = readType): string | undefined {
  const folder = dirname(journal);
  const mayAsk = Deno.permissions.querySync({ name: "sys", kind: "statfs" }).state === "granted" &&
    isPermitted("read", folder);
  // The numbers are those of Linux.
  if (Deno.build.os !== "linux" || !mayAsk) return undefined;
  // A warning is not worth an error; what is wrong with the folder shows when the journal is opened.
  if (attempt(() => isNetworkFileSystem(findType(folder))) !== true) return undefined;
  return "it is on a network file system: a lock there may not exclude other machines, and a power cut may lose " +
    "acknowledged records. Keep journals on a local disk";
}

/** The usual disks, by their names in the kernel's list of mounts. */
const LOCAL_TYPES: ReadonlySet<string | undefined> = new Set(["ext2", "ext3", "ext4", "xfs", "f2fs", "zfs", "tmpfs"]);

/** The list of mounts is usually enough, and `node:fs`, which asks the kernel, need not be loaded. */
function readType(path: string): number {
  if (LOCAL_TYPES.has(readMountType(path))) return 0;
  return Number(nodeProcess()?.getBuiltinModule("node:fs").statfsSync(path).type);
}

/** The name of a folder's file system, if the list of mounts may be read (`--allow-all`) and has its device. */
function readMountType(path: string): string | undefined {
  if (!isPermitted("read", MOUNTS)) return undefined;
  const { dev } = Deno.statSync(path);
  // The kernel's numbers of device and part, composed as in `man 3 makedev`; both fit 32 bits.
  const device = `${(dev >>> 8) & 0xfff}:${(dev & 0xff) | ((dev >>> 12) & 0xfff00)}`;
  const mounts = attempt(() => Deno.readTextFileSync(MOUNTS).split("\n"));
  const line = mounts?.find((mount) => mount.split(" ")[2] === device);
  return line?.slice(line.indexOf(" - ") + 3).split(" ")[0];
}

/** The numbers of network file systems on Linux: those of `man 2 statfs` and of the kernel's `magic.h`. */
const NETWORK_TYPES: ReadonlySet<number> = new Set([
  0x6969, // nfs
  0x517b, // smb, before cifs
  0xfe534d42, // smb2
  0xff534d42, // cifs
  0x01021997, // 9p
  0x5346414f, // openafs
  0x6b414653, // afs, the kernel's own
  0x73757245, // coda
  0x00c36400, // ceph
  0x0bd00bd0, // lustre
]);

/** Takes a type as `statfs` gives it. A network file system in user space (sshfs) looks like a local one. */
export function isNetworkFileSystem(type: number): boolean {
  // Some systems give the 32 bits with a sign.
  return NETWORK_TYPES.has(type >>> 0);
}
