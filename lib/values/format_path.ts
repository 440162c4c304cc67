import { escapeForTerminal } from "./escape_for_terminal.ts";

/** In a path, stands before the row of a Set, or the row and column of a Map: they have no notation of their own. */
export const SPREAD: unique symbol = Symbol("spread");

/** One step into a value: a key, an index, or {@linkcode SPREAD}. */
export type PathSegment = string | number | typeof SPREAD;

const MAX_SEGMENTS = 24;
const MAX_KEY_LENGTH = 64;

/** Writes a path as JavaScript that could be typed to get there. Long paths and long keys are shortened with `…`. */
export function formatPath(root: string, path: readonly PathSegment[]): string {
  if (path.length <= MAX_SEGMENTS) return appendSegments(root, path);
  const start = appendSegments(root, path.slice(0, MAX_SEGMENTS - 2));
  return appendSegments(`${start}…`, path.slice(-2).filter((segment) => segment !== SPREAD));
}

function appendSegments(start: string, path: readonly PathSegment[]): string {
  let text = start;
  for (const segment of path) {
    if (segment === SPREAD) text = `[...${text}]`;
    else text += typeof segment === "number" ? `[${segment}]` : formatKey(segment);
  }
  return text;
}

function formatKey(key: string): string {
  const short = key.length > MAX_KEY_LENGTH ? `${key.slice(0, MAX_KEY_LENGTH)}…` : key;
  return /^[A-Za-z_$][\w$]*$/.test(short) ? `.${short}` : `[${escapeForTerminal(JSON.stringify(short))}]`;
}
