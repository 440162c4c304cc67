/**
 * Gives the object that all copies of the library in this process share under a name, and creates it if there is none: two
 * meet if a step module that the command line loads imports the library itself. Other code may have put anything there.
 */
export function processSlot<T>(name: string, isKind: (value: unknown) => value is T, make: () => T): T {
  const key = Symbol.for(`@x/resumable-tx/${name}`);
  const found: unknown = Reflect.get(globalThis, key);
  if (isKind(found)) return found;
  const made = make();
  Reflect.defineProperty(globalThis, key, { value: made, configurable: true });
  return made;
}

/** A fact about this process that can only be found out before the first run, so that it is found out once. */
export function processFact(name: string, find: () => boolean): boolean {
  return processSlot(name, (value) => typeof value === "boolean", find);
}

/**
 * Gives Node's `process`. Its `getBuiltinModule` loads a module when it is needed, and is synchronous, unlike `import()`.
 * Loading the first of Node's modules takes 40 ms, so modules that are rarely needed are not imported.
 */
export function nodeProcess(): typeof globalThis.process | undefined {
  return Reflect.get(globalThis, "process");
}

/** Lets at most `most` pieces of work go on at a time. The others wait for their turn, in order. */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(most: number) {
    this.#free = most;
  }

  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
