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
  return compareContent(a, b, seen) ?? compareMembers(a, b, seen);
}

/** An object without a prototype counts as a plain one. */
function isSameClass(a: object, b: object): boolean {
  return prototypeOf(a) === prototypeOf(b);
}

function prototypeOf(value: object): object {
  return Object.getPrototypeOf(value) ?? Object.prototype;
}

/** Compares what an object of a built-in class holds. Nothing for other objects: their members count. */
function compareContent(a: object, b: object, seen: Seen): boolean | undefined {
  if (a instanceof Date && b instanceof Date) return Object.is(a.getTime(), b.getTime());
  if (a instanceof RegExp || a instanceof URL || a instanceof URLSearchParams) return String(a) === String(b);
  if (a instanceof Set && b instanceof Set) return compareEntries([...a].map(toPair), [...b].map(toPair), seen);
  if (a instanceof Map && b instanceof Map) return compareEntries([...a], [...b], seen);
  if (isTypedArray(a) && isTypedArray(b)) {
    return a.length === b.length && a.every((element, index) => compare(element, b[index], seen));
  }
  if (a instanceof ArrayBuffer && b instanceof ArrayBuffer) {
    return compare(new Uint8Array(a), new Uint8Array(b), seen);
  }
  if (a instanceof WeakMap || a instanceof WeakSet) {
    throw new TypeError(
      `Cannot compare ${a instanceof WeakMap ? "WeakMap" : "WeakSet"} instances: nobody may list them`,
    );
  }
  return undefined;
}

function isTypedArray(value: object): value is Uint8Array {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
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

/** Of other classes than `Object` and `Array`, hidden and inherited members count too, as the stack of an error does. */
function compareMembers(a: object, b: object, seen: Seen): boolean {
  if (enumerableKeys(a).length !== enumerableKeys(b).length) return false;
  const isPlain = [Object.prototype, Array.prototype].includes(prototypeOf(a) as never);
  const keys = isPlain ? new Set([...enumerableKeys(a), ...enumerableKeys(b)]) : allKeys(a).union(allKeys(b));
  for (const key of keys) {
    if ((key in a) !== (key in b) || !compare(Reflect.get(a, key), Reflect.get(b, key), seen)) return false;
  }
  return true;
}

function enumerableKeys(value: object): PropertyKey[] {
  return Reflect.ownKeys(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key));
}

function allKeys(value: object): Set<PropertyKey> {
  const keys = new Set<PropertyKey>();
  for (let holder = value; holder !== Object.prototype && holder !== null; holder = Object.getPrototypeOf(holder)) {
    for (const key of Reflect.ownKeys(holder)) keys.add(key);
  }
  return keys;
}
