import { relative as nodeRelative } from "node:path";

/** Says how one path is reached from another. */
export function relative(from: string, to: string): string {
  return nodeRelative(from, to);
}
