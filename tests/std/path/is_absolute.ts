import { isAbsolute as nodeIsAbsolute } from "node:path";

/** Says whether a path starts at the root. */
export function isAbsolute(path: string): boolean {
  return nodeIsAbsolute(path);
}
