import { statfsSync } from "node:fs";
import { dirname } from "@std/path/dirname";
import { isNetworkFileSystem } from "./is_network_file_system.ts";

/** Finds the type of the file system that a path is on. */
export type FindFileSystem = (path: string) => number;

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

function readType(path: string): number {
  return Number(statfsSync(path).type);
}
