import { onWindows, toPath } from "./_paths.ts";

/** Takes the last part of a path, without the given suffix. */
export function basename(path: string | URL, suffix = ""): string {
  if (onWindows) return onWindows.basename(toPath(path), suffix);
  const name = /([^/]+)\/*$/.exec(toPath(path))?.[1] ?? toPath(path).slice(0, 1);
  return name !== suffix && name.endsWith(suffix) ? name.slice(0, name.length - suffix.length) : name;
}
