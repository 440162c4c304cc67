import { dirname as nodeDirname } from "node:path";
import { fileURLToPath } from "node:url";

/** Takes the folder out of a path. */
export function dirname(path: string | URL): string {
  return nodeDirname(typeof path === "string" ? path : fileURLToPath(path));
}
