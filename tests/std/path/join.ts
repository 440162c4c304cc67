import { normalize, onWindows, toPath } from "./_paths.ts";

/** Joins parts to one normalized path. */
export function join(path: string | URL, ...paths: string[]): string {
  const parts = [toPath(path), ...paths].filter((part) => part !== "");
  return onWindows?.join(...parts) ?? normalize(parts.join("/"));
}
