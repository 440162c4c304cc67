import { onWindows, toPath } from "./_paths.ts";

/** Takes the folder out of a path. */
export function dirname(path: string | URL): string {
  if (onWindows) return onWindows.dirname(toPath(path));
  const folder = /^(.*?)\/*[^/]*\/*$/s.exec(toPath(path))?.[1] ?? "";
  return folder || (toPath(path).startsWith("/") ? "/" : ".");
}
