/**
 * Gives the one object that all copies of the library in this process share under a name, and makes it when nobody has.
 * Two copies meet when the command line loads a step module that imports the library itself.
 *
 * @param name What it is.
 * @param isKind Tells whether a value is of the kind expected, as another copy may have put anything there.
 * @param make Makes it.
 */
export function processSlot<T extends object>(
  name: string,
  isKind: (value: unknown) => value is T,
  make: () => T,
): T {
  const key = Symbol.for(`@x/resumable-tx/${name}`);
  const found: unknown = Reflect.get(globalThis, key);
  if (isKind(found)) return found;
  const made = make();
  Reflect.defineProperty(globalThis, key, { value: made, configurable: true });
  return made;
}

/** A number that all copies of the library change together. */
interface ProcessCounter {
  /** How many there are. */
  count: number;
}

/** A counter of this process. */
export function processCounter(name: string): ProcessCounter {
  return processSlot(name, isCounter, () => ({ count: 0 }));
}

function isCounter(value: unknown): value is ProcessCounter {
  return typeof value === "object" && value !== null && "count" in value && typeof value.count === "number";
}

/**
 * Gives Node's `process`. Its `getBuiltinModule` loads a module when it is needed, and does not wait for it as `import()`
 * does. The first of Node's modules takes 40 ms, so nothing that is rarely needed is imported.
 */
export function nodeProcess(): typeof globalThis.process | undefined {
  return Reflect.get(globalThis, "process");
}
