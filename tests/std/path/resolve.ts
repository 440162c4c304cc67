import { normalize, onWindows } from "./_paths.ts";

/** Makes an absolute path, seen from the current folder. */
export function resolve(...pathSegments: string[]): string {
  if (onWindows) return onWindows.resolve(...pathSegments);
  const start = pathSegments.findLastIndex((segment) => segment.startsWith("/"));
  const path = (start === -1 ? [Deno.cwd(), ...pathSegments] : pathSegments.slice(start)).join("/");
  return normalize(path).replace(/(?<=.)\/$/s, "");
}
