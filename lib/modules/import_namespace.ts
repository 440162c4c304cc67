import { processSlot } from "../process/process_slot.ts";

/** A module's exports by name, as `import()` returns them. */
export type Namespace = Readonly<Record<string, unknown>>;

/** Imports a module and returns its exports. Refuses one that exports a `then`, which `import()` calls instead. */
export async function importNamespace(url: string): Promise<Namespace> {
  const imported: unknown = await import(url);
  if (isNamespace(imported)) return imported;
  throw new TypeError(
    `Cannot use ${JSON.stringify(url)}: it exports "then", which import() calls instead of returning the module`,
  );
}

function isNamespace(value: unknown): value is Namespace {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === null &&
    Object.getOwnPropertyDescriptor(value, Symbol.toStringTag)?.value === "Module";
}

/** Time limit to read or to import a module, with its own imports: a server may never answer. */
export const LOAD_LIMIT_MS = 60_000;

/** Waits for work that may never end; after `limitMs` milliseconds, throws what `makeError` makes. */
export async function withDeadline<T>(work: Promise<T>, limitMs: number, makeError: () => Error): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const giveUp = () => reject(makeError());
  // Keeps the process alive while it has a listener, and loads nothing, unlike `setTimeout`.
  const limit = AbortSignal.timeout(limitMs);
  limit.addEventListener("abort", giveUp);
  try {
    return await Promise.race([work, promise]);
  } finally {
    limit.removeEventListener("abort", giveUp);
  }
}

/** Does work while all copies of the library in this process know that resume is loading a module. Marks nest. */
export async function markLoading<T>(module: string, work: () => Promise<T>): Promise<T> {
  const modules = modulesBeingLoaded();
  modules.push(module);
  try {
    return await work();
  } finally {
    modules.splice(modules.lastIndexOf(module), 1);
  }
}

/** Refuses to start a transaction while resume loads a module: one that plans at its top level would run again. */
export function refuseWhileLoading(): void {
  const module = modulesBeingLoaded().at(-1);
  if (module === undefined) return;
  throw new TypeError(
    `Cannot start a transaction while resume loads ${JSON.stringify(module)}: put the call under if (import.meta.main)`,
  );
}

function modulesBeingLoaded(): string[] {
  const isKind = (value: unknown): value is string[] =>
    Array.isArray(value) && value.every((text) => typeof text === "string");
  return processSlot("modules-being-loaded", isKind, () => []);
}
