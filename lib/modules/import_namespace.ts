import { types } from "node:util";

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
  return types.isModuleNamespaceObject(value);
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
