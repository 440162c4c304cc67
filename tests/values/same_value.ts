const NAMES = ["name", "message", "stack", "cause", "errors", "error", "suppressed"] as const;

/** Tells whether two values that can be stored are the same in all that is stored, order included. */
export function sameValue(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  if (Object.getPrototypeOf(left) !== Object.getPrototypeOf(right)) return false;
  if (left instanceof Date && right instanceof Date) return left.getTime() === right.getTime();
  if (left instanceof RegExp || left instanceof URL) return String(left) === String(right);
  if (left instanceof Map && right instanceof Map) return sameValue([...left], [...right]);
  if (left instanceof Set && right instanceof Set) return sameValue([...left], [...right]);
  if (left instanceof Error) {
    return Error.isError(right) && sameValue(listFields(left), listFields(right));
  }
  const keys = Object.keys(left);
  return sameKeys(keys, Object.keys(right)) &&
    keys.every((key) => sameValue(Reflect.get(left, key), Reflect.get(right, key)));
}

function sameKeys(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((key, index) => key === right[index]);
}

function listFields(error: object): unknown[] {
  return NAMES.map((name) => {
    if (!Object.hasOwn(error, name)) return [name];
    return [name, Object.prototype.propertyIsEnumerable.call(error, name), Reflect.get(error, name)];
  });
}
