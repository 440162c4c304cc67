import types from "node:util/types";
import { nodeProcess } from "../process/process_slot.ts";
import { cutText } from "../text/escape.ts";
import { needsEscape } from "./annotations.ts";
import { readBrand } from "./brand.ts";
import { copyError, isErrorPrototype } from "./error_values.ts";
import { isForbiddenKey, isPrototypeKey } from "./json.ts";
import { attempt, succeeds } from "./shape.ts";
import { CustomLeaf, markAs, SPREAD, type ValueWalk } from "./value_walk.ts";

// Up to this length, all names of an array, or of bytes, are checked.
const MAX_NAMES = 10_000;

/**
 * Copies a value that can be stored, and refuses any other, in one walk. Plain data is copied as plain data. Other data is
 * prepared for superjson, and the walk is marked. No getter and no method of the value is called.
 */
export function copyValue(walk: ValueWalk, value: unknown): unknown {
  switch (typeof value) {
    case "object":
      if (value !== null) return copyObject(walk, value);
      walk.count(0);
      break;
    case "string":
      walk.count(value.length);
      break;
    case "number":
      if (!Number.isFinite(value) || Object.is(value, -0)) walk.markRich();
      walk.count(0);
      break;
    case "boolean":
      walk.count(0);
      break;
    case "undefined":
      walk.countRich(0);
      break;
    case "bigint":
      walk.countRich(String(value).length);
      break;
    default:
      return (typeof value === "function" ? copyPlaceholder(walk, value) : undefined) ?? walk.refuseValue(value);
  }
  return value;
}

function copyObject(walk: ValueWalk, value: object): unknown {
  // Before anything else, because every other check would run code of a Proxy.
  if (types.isProxy(value)) return walk.refuseValue(value);
  const prototype = Object.getPrototypeOf(value);
  if (prototype === Array.prototype && Array.isArray(value)) return copyArray(walk, value);
  const hasSymbols = Object.getOwnPropertySymbols(value).length > 0;
  const isPlain = prototype === Object.prototype || prototype === null;
  if (!hasSymbols) return isPlain ? copyPlainObject(walk, value) : copyBuiltin(walk, value);
  const placeholder = copyPlaceholder(walk, value);
  if (placeholder !== undefined) return placeholder;
  return isPlain ? refuseSymbols(walk, value, "an object") : copyBuiltin(walk, value);
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

/** What `Object.groupBy` returns, and the groups of a match, have no prototype. They get none when they are decoded. */
function copyPlainObject(walk: ValueWalk, source: object): unknown {
  const names = Object.getOwnPropertyNames(source);
  const isRecord = Object.getPrototypeOf(source) === null;
  // A built-in object whose prototype was changed would be stored without what it holds.
  if ((isRecord || names.length === 0) && holdsHiddenData(source)) walk.refuseValue(source);
  const hasOddKeys = names.some((name) => needsEscape(name) || isForbiddenKey(name));
  if (hasOddKeys || isRecord) walk.markRich();
  const levels = hasOddKeys ? 2 : 1;
  walk.enter(source, levels);
  const target: Record<string, unknown> = {};
  const rows: [key: string, member: unknown][] = [];
  for (const name of names) {
    walk.path.push(name);
    if (isPrototypeKey(name)) walk.refuse("a key that is not stored, because it can lead to a prototype");
    walk.count(name.length);
    if (hasOddKeys) walk.count(0);
    const descriptor = Object.getOwnPropertyDescriptor(source, name);
    const member = descriptor === undefined ? undefined : copyProperty(walk, descriptor);
    if (hasOddKeys) rows.push([name, member]);
    else target[name] = member;
    walk.path.pop();
  }
  walk.leave(levels);
  const copy = hasOddKeys ? rows : target;
  return hasOddKeys || isRecord ? markAs(isRecord ? "record" : "object", copy) : copy;
}

function holdsHiddenData(value: object): boolean {
  return ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value) || types.isMap(value) || types.isSet(value) ||
    types.isDate(value) || types.isRegExp(value) || types.isBoxedPrimitive(value) || types.isPromise(value) ||
    types.isWeakMap(value) || types.isWeakSet(value) || Error.isError(value);
}

function copyProperty(walk: ValueWalk, descriptor: PropertyDescriptor): unknown {
  if (!("value" in descriptor)) walk.refuse("a getter or setter");
  if (!descriptor.enumerable) walk.refuse("a property that is not enumerable");
  return copyValue(walk, descriptor.value);
}

function refuseSymbols(walk: ValueWalk, value: object, what: string): never {
  const [symbol] = Object.getOwnPropertySymbols(value);
  return walk.refuse(`${what} with the key ${cutText(String(symbol), 100)}`);
}

/** Copies an object of a built-in class, even an immutable one: superjson finds a relation if one occurs twice. */
function copyBuiltin(walk: ValueWalk, value: object): unknown {
  const prototype = Object.getPrototypeOf(value);
  if (prototype === URL.prototype) return copyUrl(walk, value);
  if (prototype === Date.prototype && types.isDate(value)) return copyDate(walk, value);
  if (prototype === Map.prototype && types.isMap(value)) return copyMap(walk, value);
  if (prototype === Set.prototype && types.isSet(value)) return copySet(walk, value);
  if (prototype === RegExp.prototype && types.isRegExp(value)) return copyRegExp(walk, value);
  if (prototype === Uint8Array.prototype && types.isUint8Array(value)) return copyBytes(walk, value);
  return isErrorPrototype(prototype) ? markAs("error", copyError(walk, value, copyValue)) : walk.refuseValue(value);
}

function copyDate(walk: ValueWalk, date: Date): Date {
  refuseProperties(walk, date, "a Date");
  const time = date.getTime();
  if (Number.isNaN(time)) walk.refuse("an invalid date");
  walk.countRich(0);
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
  walk.countRich(pattern.source.length + pattern.flags.length + 2);
  return new RegExp(pattern.source, pattern.flags);
}

function copyUrl(walk: ValueWalk, value: object): URL {
  // Not a real URL, or changed into one that cannot be parsed.
  const url = value instanceof URL ? attempt(() => new URL(value.href)) : undefined;
  if (url === undefined || url.href !== Reflect.get(value, "href")) {
    walk.refuse("a URL that cannot be parsed from its own text");
  }
  // Deno marks each URL with a symbol of its own.
  refuseProperties(walk, value, "a URL", Reflect.ownKeys(url).length);
  walk.countRich(url.href.length);
  return url;
}

function copyBytes(walk: ValueWalk, bytes: Uint8Array): CustomLeaf {
  const { buffer } = bytes;
  if (types.isSharedArrayBuffer(buffer)) walk.refuse("a Uint8Array in shared memory");
  if (buffer.detached) walk.refuse("a Uint8Array whose memory was transferred");
  // A view of fixed length that lies beyond the end of its memory claims to be at its beginning.
  if (buffer.resizable && !succeeds(() => bytes.toBase64())) walk.refuse("a Uint8Array beyond the end of its memory");
  if (hasOtherKeys(bytes)) walk.refuse("a Uint8Array with other properties");
  walk.countRich(Math.ceil(bytes.length / 3) * 4);
  return new CustomLeaf("bytes", bytes.toBase64());
}

// Of many bytes, only keys that are enumerable are noticed: all keys would be a text for the index of every byte.
function hasOtherKeys(bytes: Uint8Array): boolean {
  const util = bytes.length > MAX_NAMES ? nodeProcess()?.getBuiltinModule("node:util") : undefined;
  if (util !== undefined) return !util.isDeepStrictEqual(bytes, new Uint8Array(bytes));
  return Reflect.ownKeys(bytes).length > bytes.length;
}

function refuseProperties(walk: ValueWalk, value: object, what: string, expected = 0): void {
  if (Reflect.ownKeys(value).length > expected) walk.refuse(`${what} with other properties`);
}

/** Copies a ref or an env; `undefined` if the object is neither. */
function copyPlaceholder(walk: ValueWalk, value: object): CustomLeaf | undefined {
  const ref = readBrand(value, "ref");
  if (ref !== undefined) {
    walk.meetRef(ref);
    walk.countRich(ref.step.length);
    for (const key of ref.path) walk.count(key.length);
    return new CustomLeaf("ref", ref.path.length === 0 ? { step: ref.step } : { step: ref.step, path: [...ref.path] });
  }
  const env = readBrand(value, "env");
  if (env === undefined) return undefined;
  walk.countRich(env.name.length);
  return new CustomLeaf("env", env.name);
}
