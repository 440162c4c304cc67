import { onWindows } from "./_paths.ts";

/** Says whether a path starts at the root. */
export function isAbsolute(path: string): boolean {
  return onWindows?.isAbsolute(path) ?? path.startsWith("/");
}
