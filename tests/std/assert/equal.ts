/**
 * Says whether two values are deeply equal: of the same class, with the same members. `NaN` equals itself, `0` equals
 * `-0`, a member that is `undefined` differs from one that is missing, and the order of a Set or Map doesn't matter.
 */
export function equal(a: unknown, b: unknown): boolean {
  return compare(a, b, new Map());
}

/** Pairs that are being compared already: meeting one again is a cycle, which is equal as far as the rest is. */
type Seen = Map<object, object>;

function compare(a: unknown, b: unknown, seen: Seen): boolean {
  if (typeof a === "number" && typeof b === "number") return a === b || (Number.isNaN(a) && Number.isNaN(b));
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (!isSameClass(a, b)) return false;
  if (seen.get(a) === b) return true;
  seen.set(a, b);
  return compareHidden(a, b, seen) && compareMembers(a, b, seen);
}

/** An object without a prototype counts as a plain one. */
function isSameClass(a: object, b: object): boolean {
  return (a.constructor ?? Object) === (b.constructor ?? Object);
}

/** Compares what an object holds beside its enumerable members. */
function compareHidden(a: object, b: object, seen: Seen): boolean {
  if (a instanceof Date && b instanceof Date) return compare(a.getTime(), b.getTime(), seen);
  if (a instanceof RegExp && b instanceof RegExp) return String(a) === String(b);
  if (a instanceof URL && b instanceof URL) return a.href === b.href;
  if (a instanceof Set && b instanceof Set) return compareEntries([...a].map(toPair), [...b].map(toPair), seen);
  if (a instanceof Map && b instanceof Map) return compareEntries([...a], [...b], seen);
  if (a instanceof ArrayBuffer && b instanceof ArrayBuffer) {
    return compare(new Uint8Array(a), new Uint8Array(b), seen);
  }
  if (a instanceof Error && b instanceof Error) {
    return a.name === b.name && a.message === b.message && compare(a.cause, b.cause, seen);
  }
  if (a instanceof WeakMap || a instanceof WeakSet) {
    throw new TypeError(
      `Cannot compare ${a instanceof WeakMap ? "WeakMap" : "WeakSet"} instances: nobody may list them`,
    );
  }
  return true;
}

function toPair(member: unknown): [unknown, unknown] {
  return [member, member];
}

type Entries = readonly (readonly [unknown, unknown])[];

function compareEntries(a: Entries, b: Entries, seen: Seen): boolean {
  if (a.length !== b.length) return false;
  const unmatched = [...b];
  for (const [key, value] of a) {
    const index = unmatched.findIndex(([otherKey, otherValue]) =>
      // Each try gets a copy of `seen`: a pair that turns out different must not count as equal in the next try.
      compare(key, otherKey, new Map(seen)) && compare(value, otherValue, new Map(seen))
    );
    if (index === -1) return false;
    unmatched.splice(index, 1);
  }
  return true;
}

function compareMembers(a: object, b: object, seen: Seen): boolean {
  const keys = enumerableKeys(a);
  if (keys.length !== enumerableKeys(b).length) return false;
  return keys.every((key) => key in b && compare(Reflect.get(a, key), Reflect.get(b, key), seen));
}

function enumerableKeys(value: object): PropertyKey[] {
  return Reflect.ownKeys(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key));
}
