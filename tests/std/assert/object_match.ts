import { assertEquals } from "./equals.ts";

/** Checks that an object has all members of another, deeply; what it has besides doesn't matter. */
export function assertObjectMatch(
  // deno-lint-ignore no-explicit-any -- the real signature; only with `any` it takes interfaces too
  actual: Record<PropertyKey, any>,
  expected: Record<PropertyKey, unknown>,
  msg?: string,
): void {
  assertEquals(pick(actual, expected, new Map()), expected, msg);
}

/** Reduces `value` to the members that `pattern` has, at every depth. */
function pick(value: unknown, pattern: unknown, seen: Map<object, unknown>): unknown {
  if (Array.isArray(pattern) && Array.isArray(value)) return pickMembers(value, pattern, seen);
  if (!isPlain(pattern) || typeof value !== "object" || value === null) return value;
  const known = seen.get(value);
  if (known !== undefined) return known;
  const picked: Record<PropertyKey, unknown> = {};
  seen.set(value, picked);
  for (const key of Reflect.ownKeys(pattern)) {
    if (key in value) picked[key] = pick(Reflect.get(value, key), pattern[key], seen);
  }
  return picked;
}

function pickMembers(value: readonly unknown[], pattern: readonly unknown[], seen: Map<object, unknown>): unknown[] {
  return value.map((member, index) => index < pattern.length ? pick(member, pattern[index], seen) : member);
}

function isPlain(value: unknown): value is Record<PropertyKey, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
