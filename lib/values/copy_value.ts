import { types } from "node:util";
import { copyBuiltin } from "./copy_builtin.ts";
import { copyPlaceholder } from "./copy_placeholder.ts";
import { describeRefused } from "./describe_refused.ts";
import { isForbiddenKey } from "./is_forbidden_key.ts";
import { needsEscape } from "./needs_escape.ts";
import { markAsEntries } from "./object_entries.ts";
import type { ValueWalk } from "./value_walk.ts";

// Length up to which all names of an array are looked at.
const MAX_NAMES = 10_000;

/**
 * Copies what can be stored and refuses the rest, in one walk. Plain data comes out as plain data; what is not plain
 * comes out ready for superjson, and the walk knows. No getter and no method of the value is called on the way.
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
      return (typeof value === "function" ? copyPlaceholder(walk, value) : undefined) ??
        walk.refuse(describeRefused(value));
  }
}

function copyObject(walk: ValueWalk, value: object): unknown {
  // Before anything is asked of the value: a Proxy answers with code of its own.
  if (types.isProxy(value)) return walk.refuse(describeRefused(value));
  const prototype = Object.getPrototypeOf(value);
  if (prototype === Array.prototype && Array.isArray(value)) return copyArray(walk, value);
  const hasSymbols = Object.getOwnPropertySymbols(value).length > 0;
  if (prototype === Object.prototype && !hasSymbols) return copyPlainObject(walk, value);
  const placeholder = hasSymbols ? copyPlaceholder(walk, value) : undefined;
  if (placeholder !== undefined) return placeholder;
  if (prototype === Object.prototype && hasSymbols) return refuseSymbols(walk, value, "an object");
  return copyBuiltin(walk, value, copyValue);
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

// Called when all elements are known to be there, so that one more name than those, and `length`, is one too many. Asking
// for all names takes longer than all the rest of a large array; names that are not enumerable go unseen there.
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
    if (isForbiddenKey(name)) walk.refuse("a key that is not stored, because it can be followed to a prototype");
    walk.count(name.length);
    if (hasOddKeys) walk.count(0);
    const descriptor = Object.getOwnPropertyDescriptor(source, name);
    if (descriptor !== undefined) target[name] = copyProperty(walk, descriptor);
    walk.path.pop();
  }
  walk.leave(levels);
  return hasOddKeys ? markAsEntries(target) : target;
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
