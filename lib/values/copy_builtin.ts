import { types } from "node:util";
import { copyError } from "./copy_error.ts";
import { describeRefused } from "./describe_refused.ts";
import { SPREAD } from "./format_path.ts";
import { StandIn } from "./stand_in.ts";
import type { CopyPart, ValueWalk } from "./value_walk.ts";

/**
 * Copies an object of one of the built-in classes that can be stored, and refuses every other. What comes back is for
 * superjson. It must be a copy even of what nobody can change: superjson takes the same object twice for a relation.
 */
export function copyBuiltin(walk: ValueWalk, value: object, copy: CopyPart): unknown {
  switch (Object.getPrototypeOf(value)) {
    case Date.prototype:
      if (types.isDate(value)) return copyDate(walk, value);
      break;
    case Map.prototype:
      if (types.isMap(value)) return copyMap(walk, value, copy);
      break;
    case Set.prototype:
      if (types.isSet(value)) return copySet(walk, value, copy);
      break;
    case RegExp.prototype:
      if (types.isRegExp(value)) return copyRegExp(walk, value);
      break;
    case URL.prototype:
      return copyUrl(walk, value);
    case Uint8Array.prototype:
      if (types.isUint8Array(value)) return copyBytes(walk, value);
      break;
  }
  return value instanceof Error ? copyError(walk, value, copy) : walk.refuse(describeRefused(value));
}

function copyDate(walk: ValueWalk, date: Date): Date {
  refuseProperties(walk, date, "a Date");
  const time = date.getTime();
  if (Number.isNaN(time)) walk.refuse("an invalid date");
  walk.markRich();
  walk.count(0);
  return new Date(time);
}

function copyMap(walk: ValueWalk, map: ReadonlyMap<unknown, unknown>, copy: CopyPart): Map<unknown, unknown> {
  refuseProperties(walk, map, "a Map");
  walk.markRich();
  walk.enter(map, 2);
  const target = new Map<unknown, unknown>();
  let row = 0;
  for (const [key, value] of map) {
    walk.path.push(SPREAD, row++, 0);
    walk.count(0);
    const copiedKey = copy(walk, key);
    walk.path[walk.path.length - 1] = 1;
    target.set(copiedKey, copy(walk, value));
    walk.path.length -= 3;
  }
  walk.leave(2);
  return target;
}

function copySet(walk: ValueWalk, set: ReadonlySet<unknown>, copy: CopyPart): Set<unknown> {
  refuseProperties(walk, set, "a Set");
  walk.markRich();
  walk.enter(set);
  const target = new Set<unknown>();
  let row = 0;
  for (const value of set) {
    walk.path.push(SPREAD, row++);
    target.add(copy(walk, value));
    walk.path.length -= 2;
  }
  walk.leave();
  return target;
}

function copyRegExp(walk: ValueWalk, pattern: RegExp): RegExp {
  refuseProperties(walk, pattern, "a RegExp", 1);
  if (pattern.lastIndex !== 0) walk.refuse(`a RegExp with lastIndex ${pattern.lastIndex}`);
  walk.markRich();
  walk.count(pattern.source.length + pattern.flags.length + 2);
  return new RegExp(pattern.source, pattern.flags);
}

function copyUrl(walk: ValueWalk, value: object): URL {
  // Deno marks each URL with a symbol of its own, so only names are looked at.
  if (!(value instanceof URL) || Object.getOwnPropertyNames(value).length > 0) {
    walk.refuse("a URL with other properties");
  }
  const url = parseAgain(value);
  if (url === undefined) walk.refuse("a URL that its own text does not give again");
  walk.markRich();
  walk.count(url.href.length);
  return url;
}

function parseAgain(url: URL): URL | undefined {
  try {
    const again = new URL(url.href);
    return again.href === url.href ? again : undefined;
  } catch {
    return undefined; // only made to look like a URL, or changed into one that cannot be parsed
  }
}

// Properties that somebody has set on bytes are not looked for: it would take a text for the index of every byte.
function copyBytes(walk: ValueWalk, bytes: Uint8Array): StandIn {
  if (types.isSharedArrayBuffer(bytes.buffer)) walk.refuse("a Uint8Array in shared memory");
  walk.markRich();
  walk.count(Math.ceil(bytes.length / 3) * 4);
  return new StandIn("bytes", bytes.toBase64());
}

function refuseProperties(walk: ValueWalk, value: object, what: string, expected = 0): void {
  if (Reflect.ownKeys(value).length > expected) walk.refuse(`${what} with other properties`);
}
