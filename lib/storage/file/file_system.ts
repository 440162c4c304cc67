import { dirname } from "@std/path/dirname";
import { nodeProcess } from "../../process/process_slot.ts";

const MOUNTS = "/proc/self/mountinfo";

/** Finds the type of the file system that a path is on. */
type FindFileSystem = (path: string) => number;

/**
 * Says in words what is unwise about the file system under a journal. Nothing where that may not be asked: it needs
 * `--allow-sys=statfs`, and `--allow-read` for the journal's folder.
 *
 * @param journal Its path.
 * @param findType Replaced by tests.
 */
export function describeFileSystem(journal: string, findType: FindFileSystem = readType): readonly string[] {
  const folder = dirname(journal);
  const isPermitted = Deno.permissions.querySync({ name: "sys", kind: "statfs" }).state === "granted" &&
    Deno.permissions.querySync({ name: "read", path: folder }).state === "granted";
  // The numbers are those of Linux.
  if (Deno.build.os !== "linux" || !isPermitted) return [];
  try {
    if (!isNetworkFileSystem(findType(folder))) return [];
  } catch {
    // A warning is not worth an error; what is wrong with the folder comes up when the journal is opened.
    return [];
  }
  return [
    "it lies on a network file system, where a lock may not keep other machines out, and a power cut may cost what was " +
    "acknowledged. Keep journals on a local disk",
  ];
}

/** The usual disks, by their names in the kernel's list of mounts. */
const LOCAL_TYPES: ReadonlySet<string | undefined> = new Set(["ext2", "ext3", "ext4", "xfs", "f2fs", "zfs", "tmpfs"]);

/** Most often the list of mounts tells enough, and what asks the kernel for the number need not be loaded. */
function readType(path: string): number {
  if (LOCAL_TYPES.has(readMountType(path))) return 0;
  return Number(nodeProcess()?.getBuiltinModule("node:fs").statfsSync(path).type);
}

/** The name of the file system of a folder, as far as the list of mounts may be read (`--allow-all`) and has its device. */
function readMountType(path: string): string | undefined {
  if (Deno.permissions.querySync({ name: "read", path: MOUNTS }).state !== "granted") return undefined;
  const { dev } = Deno.statSync(path);
  // The kernel's numbers of device and part, as `man 3 makedev` puts them together; both fit 32 bits.
  const device = `${(dev >>> 8) & 0xfff}:${(dev & 0xff) | ((dev >>> 12) & 0xfff00)}`;
  try {
    const line = Deno.readTextFileSync(MOUNTS).split("\n").find((mount) => mount.split(" ")[2] === device);
    return line?.slice(line.indexOf(" - ") + 3).split(" ")[0];
  } catch {
    return undefined;
  }
}

/** Numbers by which Linux knows the file systems of other machines: those of `man 2 statfs` and of the kernel's `magic.h`. */
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

/**
 * Tells whether a type, as `statfs` gives it, is a network file system: there a lock may hold on one machine alone, and a
 * sync may promise more than it does. One in user space (sshfs) cannot be told from a local one.
 */
export function isNetworkFileSystem(type: number): boolean {
  // Some systems give the 32 bits with a sign.
  return NETWORK_TYPES.has(type >>> 0);
}
