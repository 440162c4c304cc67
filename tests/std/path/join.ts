import { join as nodeJoin } from "node:path";
import { fileURLToPath } from "node:url";

/** Joins parts to one normalized path. */
export function join(path: string | URL, ...paths: string[]): string {
  return nodeJoin(typeof path === "string" ? path : fileURLToPath(path), ...paths);
}
