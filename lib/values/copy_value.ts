import { types } from "node:util";
import { type CustomName, needsEscape } from "./annotations.ts";
import { readBrand } from "./brand.ts";
import { copyError } from "./error_values.ts";
import { isForbiddenKey, type Json } from "./json.ts";
import { SPREAD, type ValueWalk } from "./value_walk.ts";

// Up to this length, all names of an array are checked.
const MAX_NAMES = 10_000;

/**
 * Copies a value that can be stored, and refuses any other, in one walk. Plain data is copied as plain data. Other data is
 * prepared for superjson, and the walk is marked. No getter and no method of the value is called.
 */
export function copyValue(walk: ValueWalk, value: unknown): unknown {
  switch (typeof value) {
    case "string":
      walk.count(value.length);
      return value;
    case "number":
      if (!Number.isFinite(value) || Object.is(value, -0)) walk.markRich();
      walk.count(0);
      return value;
    case "boolean":
      walk.count(0);
      return value;
    case "undefined":
      walk.markRich();
      walk.count(0);
      return value;
    case "bigint":
      walk.markRich();
      walk.count(String(value).length);
      return value;
    case "object":
      if (value !== null) return copyObject(walk, value);
      walk.count(0);
      return value;
    default:
      return (typeof value === "function" ? copyPlaceholder(walk, value) : undefined) ?? walk.refuseValue(value);
  }
}

function copyObject(walk: ValueWalk, value: object): unknown {
  // Before anything else, because every other check would run code of a Proxy.
  if (types.isProxy(value)) return walk.refuseValue(value);
  const prototype = Object.getPrototypeOf(value);
  if (prototype === Array.prototype && Array.isArray(value)) return copyArray(walk, value);
  const hasSymbols = Object.getOwnPropertySymbols(value).length > 0;
  if (!hasSymbols) return prototype === Object.prototype ? copyPlainObject(walk, value) : copyBuiltin(walk, value);
  const placeholder = copyPlaceholder(walk, value);
  if (placeholder !== undefined) return placeholder;
  return prototype === Object.prototype ? refuseSymbols(walk, value, "an object") : copyBuiltin(walk, value);
}

function copyArray(walk: ValueWalk, source: readonly unknown[]): unknown[] {
  if (Object.getOwnPropertySymbols(source).length > 0) refuseSymbols(walk, source, "an array");
  walk.enter(source);
  const target: unknown[] = [];
  for (let index = 0; index < source.length; index++) {
    const descriptor = Object.getOwnPropertyDescriptor(source, index);
    walk.path.push(index);
    if (descriptor === undefined) walk.refuse("a hole in a sparse array");
    target.push(copyProperty(walk, descriptor));
    walk.path.pop();
  }
  if (hasOtherNames(source)) walk.refuse("an array with other properties");
  walk.leave();
  return target;
}

// Called when all elements exist, so that there must be no more names than those and `length`. In a large array, getting all
// names takes longer than everything else, so names that are not enumerable are missed there.
function hasOtherNames(array: readonly unknown[]): boolean {
  if (array.length > MAX_NAMES) return Object.keys(array).length > array.length;
  return Object.getOwnPropertyNames(array).length > array.length + 1;
}

function copyPlainObject(walk: ValueWalk, source: object): unknown {
  const names = Object.getOwnPropertyNames(source);
  const hasOddKeys = names.some(needsEscape);
  if (hasOddKeys) walk.markRich();
  const levels = hasOddKeys ? 2 : 1;
  walk.enter(source, levels);
  const target: Record<string, unknown> = {};
  for (const name of names) {
    walk.path.push(name);
    if (isForbiddenKey(name)) walk.refuse("a key that is not stored, because it can lead to a prototype");
    walk.count(name.length);
    if (hasOddKeys) walk.count(0);
    const descriptor = Object.getOwnPropertyDescriptor(source, name);
    if (descriptor !== undefined) target[name] = copyProperty(walk, descriptor);
    walk.path.pop();
  }
  walk.leave(levels);
  // Rows stay an array, because superjson encodes the elements of arrays.
  return hasOddKeys ? Object.assign(Object.entries(target), { [ENTRIES]: true }) : target;
}

function copyProperty(walk: ValueWalk, descriptor: PropertyDescriptor): unknown {
  if (!("value" in descriptor)) walk.refuse("a getter or setter");
  if (!descriptor.enumerable) walk.refuse("a property that is not enumerable");
  return copyValue(walk, descriptor.value);
}

function refuseSymbols(walk: ValueWalk, value: object, what: string): never {
  const [symbol] = Object.getOwnPropertySymbols(value);
  return walk.refuse(`${what} with the key ${String(symbol).slice(0, 100)}`);
}

/**
 * Copies an object of a built-in class for superjson, or refuses it. Immutable objects are copied too, because superjson
 * treats two occurrences of one object as a relation.
 */
function copyBuiltin(walk: ValueWalk, value: object): unknown {
  switch (Object.getPrototypeOf(value)) {
    case Date.prototype:
      if (types.isDate(value)) return copyDate(walk, value);
      break;
    case Map.prototype:
      if (types.isMap(value)) return copyMap(walk, value);
      break;
    case Set.prototype:
      if (types.isSet(value)) return copySet(walk, value);
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
  return value instanceof Error ? copyError(walk, value, copyValue) : walk.refuseValue(value);
}

function copyDate(walk: ValueWalk, date: Date): Date {
  refuseProperties(walk, date, "a Date");
  const time = date.getTime();
  if (Number.isNaN(time)) walk.refuse("an invalid date");
  walk.markRich();
  walk.count(0);
  return new Date(time);
}

function copyMap(walk: ValueWalk, map: ReadonlyMap<unknown, unknown>): Map<unknown, unknown> {
  refuseProperties(walk, map, "a Map");
  walk.markRich();
  walk.enter(map, 2);
  const target = new Map<unknown, unknown>();
  let row = 0;
  for (const [key, value] of map) {
    walk.path.push(SPREAD, row++, 0);
    walk.count(0);
    const copiedKey = copyValue(walk, key);
    walk.path[walk.path.length - 1] = 1;
    target.set(copiedKey, copyValue(walk, value));
    walk.path.length -= 3;
  }
  walk.leave(2);
  return target;
}

function copySet(walk: ValueWalk, set: ReadonlySet<unknown>): Set<unknown> {
  refuseProperties(walk, set, "a Set");
  walk.markRich();
  walk.enter(set);
  const target = new Set<unknown>();
  let row = 0;
  for (const value of set) {
    walk.path.push(SPREAD, row++);
    target.add(copyValue(walk, value));
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
  // Deno marks each URL with a symbol of its own, so only names are checked.
  if (!(value instanceof URL) || Object.getOwnPropertyNames(value).length > 0) {
    walk.refuse("a URL with other properties");
  }
  const url = parseAgain(value);
  if (url === undefined) walk.refuse("a URL that cannot be parsed from its own text");
  walk.markRich();
  walk.count(url.href.length);
  return url;
}

function parseAgain(url: URL): URL | undefined {
  try {
    const again = new URL(url.href);
    return again.href === url.href ? again : undefined;
  } catch {
    return undefined; // not a real URL, or changed into one that cannot be parsed
  }
}

// Other properties are not checked here: that would create a text for the index of every byte.
function copyBytes(walk: ValueWalk, bytes: Uint8Array): CustomLeaf {
  if (types.isSharedArrayBuffer(bytes.buffer)) walk.refuse("a Uint8Array in shared memory");
  walk.markRich();
  walk.count(Math.ceil(bytes.length / 3) * 4);
  return new CustomLeaf("bytes", bytes.toBase64());
}

function refuseProperties(walk: ValueWalk, value: object, what: string, expected = 0): void {
  if (Reflect.ownKeys(value).length > expected) walk.refuse(`${what} with other properties`);
}

/** Copies a ref or an env; `undefined` if the object is neither. */
function copyPlaceholder(walk: ValueWalk, value: object): CustomLeaf | undefined {
  const ref = readBrand(value, "ref");
  if (ref !== undefined) {
    walk.meetRef(ref);
    walk.markRich();
    walk.count(ref.step.length);
    for (const key of ref.path) walk.count(key.length);
    return new CustomLeaf("ref", ref.path.length === 0 ? { step: ref.step } : { step: ref.step, path: [...ref.path] });
  }
  const env = readBrand(value, "env");
  if (env === undefined) return undefined;
  walk.markRich();
  walk.count(env.name.length);
  return new CustomLeaf("env", env.name);
}

/** Stands for a value of a custom type until superjson replaces it with its JSON. */
export class CustomLeaf {
  readonly custom: CustomName;
  readonly json: Json;

  constructor(custom: CustomName, json: Json) {
    this.custom = custom;
    this.json = json;
  }
}

const ENTRIES = Symbol("entries");

/** Tells whether a value is the rows of an object whose keys cannot be keys in the journal. */
export function isMarkedAsEntries(value: unknown): value is unknown[] {
  return Array.isArray(value) && Object.hasOwn(value, ENTRIES);
}
