import { onWindows } from "./_paths.ts";
import { resolve } from "./resolve.ts";

/** Says how one path is reached from another. */
export function relative(from: string, to: string): string {
  if (onWindows) return onWindows.relative(from, to);
  const [source, target] = [from, to].map((path) => resolve(path).split("/").filter((part) => part !== ""));
  if (source === undefined || target === undefined) return "";
  let shared = 0;
  while (shared < source.length && shared < target.length && source[shared] === target[shared]) shared += 1;
  return [...source.slice(shared).map(() => ".."), ...target.slice(shared)].join("/");
}
