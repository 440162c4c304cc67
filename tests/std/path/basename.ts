import { basename as nodeBasename } from "node:path";
import { fileURLToPath } from "node:url";

/** Takes the last part of a path, without the given suffix. */
export function basename(path: string | URL, suffix = ""): string {
  return nodeBasename(typeof path === "string" ? path : fileURLToPath(path), suffix);
}
