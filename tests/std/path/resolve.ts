import { resolve as nodeResolve } from "node:path";

/** Makes an absolute path, seen from the current folder. */
export function resolve(...pathSegments: string[]): string {
  return nodeResolve(...pathSegments);
}
