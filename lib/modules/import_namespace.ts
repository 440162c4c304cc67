import { contextManager } from "../process/step_context.ts";
import { isObject } from "../values/shape.ts";

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

/** The key of a load in the context of what it has begun. All copies of the library in this process share it. */
const LOADING = Symbol.for("@x/resumable-tx/loading");

/** Does work while everything that it begins is known to be a part of a load by resume, until that is over. Marks nest. */
export async function markLoading<T>(module: string, work: () => Promise<T>): Promise<T> {
  const mark = { module, isOver: false };
  const contexts = contextManager();
  try {
    return await contexts.with(contexts.active().setValue(LOADING, mark), work);
  } finally {
    mark.isOver = true;
  }
}

/**
 * Refuses to start a transaction in a module that resume loads: one that plans at its top level would run again. What else the
 * process does meanwhile, such as another resume, is not meant.
 */
export function refuseWhileLoading(): void {
  const mark = contextManager().active().getValue(LOADING);
  if (!isObject(mark) || mark["isOver"] !== false) return;
  const module = JSON.stringify(mark["module"]);
  throw new TypeError(
    `Cannot start a transaction while resume loads ${module}: put the call under if (import.meta.main)`,
  );
}
