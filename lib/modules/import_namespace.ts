/** What `import()` gives: a module's exports by name. */
export type Namespace = Readonly<Record<string, unknown>>;

/**
 * Imports a module and returns its exports.
 *
 * @throws {TypeError} The module exports a `then`, which `import()` calls instead of returning the module.
 */
export async function importNamespace(url: string): Promise<Namespace> {
  const imported: unknown = await import(url);
  if (isNamespace(imported)) return imported;
  throw new TypeError(`Cannot use ${JSON.stringify(url)}: it exports a "then", which takes the place of the module`);
}

function isNamespace(value: unknown): value is Namespace {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === null &&
    Object.getOwnPropertyDescriptor(value, Symbol.toStringTag)?.value === "Module";
}

/**
 * Waits for something that may never end.
 *
 * @param work What to wait for.
 * @param patienceMs How long, in milliseconds.
 * @param makeError Makes the error for when that was too long.
 */
export async function withDeadline<T>(work: Promise<T>, patienceMs: number, makeError: () => Error): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const impatience = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(makeError()), patienceMs);
  });
  try {
    return await Promise.race([work, impatience]);
  } finally {
    clearTimeout(timer);
  }
}

/** Shared by all copies of the library in the process: the module that resume loads may bring its own. */
const MARK = Symbol.for("@x/resumable-tx/loading");

/**
 * Runs the work with a process-wide mark that this module is being loaded for a resume. Marks nest, and the same module
 * may be marked twice at a time.
 */
export async function markLoading<T>(module: string, work: () => Promise<T>): Promise<T> {
  setMark([...readMark(), module]);
  try {
    return await work();
  } finally {
    const at = readMark().lastIndexOf(module);
    setMark(readMark().toSpliced(at, at === -1 ? 0 : 1));
  }
}

/** Tells which module is being loaded for a resume now, if any: of several the one that came last. */
export function moduleBeingLoaded(): string | undefined {
  return readMark().at(-1);
}

/**
 * Refuses to start a transaction while a module is being loaded for a resume. Otherwise a script that plans at its top
 * level would run all of itself again, beside what is being resumed.
 *
 * @throws {TypeError} A module is being loaded.
 */
export function refuseWhileLoading(): void {
  const module = moduleBeingLoaded();
  if (module === undefined) return;
  throw new TypeError(
    `Cannot start a transaction while ${JSON.stringify(module)} is being loaded by resume: put the call under ` +
      `if (import.meta.main)`,
  );
}

function readMark(): readonly string[] {
  const mark: unknown = Reflect.get(globalThis, MARK);
  return Array.isArray(mark) ? mark.filter((module) => typeof module === "string") : [];
}

function setMark(modules: readonly string[]): void {
  Object.defineProperty(globalThis, MARK, { value: Object.freeze([...modules]), configurable: true });
}
