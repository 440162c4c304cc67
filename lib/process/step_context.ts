import { nodeProcess, processSlot } from "./process_slot.ts";
import { attempt, isObject, once } from "../values/shape.ts";

/**
 * What a running step can ask about itself.
 *
 * @example
 * ```ts
 * import { context, type StepContext } from "@x/resumable-tx";
 *
 * export async function download(url: string): Promise<string> {
 *   const { signal }: StepContext = context();
 *   return await (await fetch(url, { signal })).text();
 * }
 * ```
 */
export interface StepContext {
  /** Aborted when the step should end: its time is up, the process was signalled, or the transaction was cancelled. */
  readonly signal: AbortSignal;
  /** Number of the attempt, counted from 1 over all runs of the transaction. */
  readonly attempt: number;
  /**
   * An idempotency key for services: the same for every attempt of this step, and different from that of every other step
   * of any transaction. Transaction id, step id and generation, separated by "/".
   */
  readonly idempotencyKey: string;
  /** Id of the transaction. */
  readonly transactionId: string;
  /** Id of the step in its plan. */
  readonly stepId: string;
  /**
   * A fencing token for services: counts the owners of a journal in a database, so that it is higher in each later run. A
   * service that remembers the highest number of a transaction, and refuses lower ones, does nothing for a process that was
   * suspended while another one continued the transaction. 0 if the journal is a file, whose lock no other process can take.
   */
  readonly epoch: number;
  /**
   * Reports how far the step is, to the transaction's observer and on the terminal of `resume`. It is not recorded in the
   * journal.
   *
   * @param report A fraction from 0 to 1, or a short text.
   */
  readonly progress: (report: number | string) => void;
  /**
   * Returns the database of the journal, for a step with the option `database`: its transaction is open, and commits together
   * with the record of the step. The step must not end it.
   *
   * @returns The connection. It works until the step ends.
   * @throws {TypeError} The step was planned without `database: true`.
   */
  readonly database: () => StepDatabase;
}

/**
 * A database with a transaction that is open, as a step gets it: the connection of the driver, as far as its type is known
 * here.
 *
 * @example
 * ```ts
 * import type { StepDatabase } from "@x/resumable-tx";
 *
 * export async function readBalance(database: StepDatabase, account: string): Promise<number | undefined> {
 *   const text = "select balance from accounts where name = $1";
 *   const { rows } = await database.query<{ balance: number }>(text, [account]);
 *   return rows[0]?.balance;
 * }
 * ```
 */
export interface StepDatabase {
  /**
   * Runs a statement, as `query` of `npm:pg` does.
   *
   * @typeParam R A row of the result. It is not checked.
   * @param text The statement, with `$1`, `$2`, … for values.
   * @param values The values.
   * @returns The rows, and how many there are or were changed.
   */
  query<R = Record<string, unknown>>(text: string, values?: unknown[]): Promise<StepRows<R>>;
}

/**
 * What a statement returns.
 *
 * @typeParam R A row.
 *
 * @example
 * ```ts
 * import type { StepRows } from "@x/resumable-tx";
 *
 * export function requireOne<R>({ rows: [row] }: Pick<StepRows<R>, "rows">): R {
 *   if (row === undefined) throw new Error("There is no such row");
 *   return row;
 * }
 * console.log(requireOne({ rows: [7] })); // 7
 * ```
 */
export interface StepRows<R> {
  /** The rows of the result. */
  readonly rows: R[];
  /** How many rows were returned, inserted, updated or deleted; `null` for other statements. */
  readonly rowCount: number | null;
}

/**
 * Returns the context of the running step. Call it in a step function, or in what it awaits.
 *
 * @returns The step's context.
 * @throws {TypeError} No step is running here.
 *
 * @example
 * ```ts
 * import { context } from "@x/resumable-tx";
 *
 * export async function charge(card: string, amount: number): Promise<void> {
 *   const { idempotencyKey, signal } = context();
 *   await fetch("https://pay.example/charges", {
 *     method: "POST",
 *     headers: { "idempotency-key": idempotencyKey },
 *     body: JSON.stringify({ card, amount }),
 *     signal,
 *   });
 * }
 * ```
 */
export function context(): StepContext {
  const current = findContext();
  if (current === undefined) throw new TypeError("Cannot ask for a step's context: no step is running here");
  return current;
}

/** Whether this is called by a step, or by something that a step has begun. */
export function isInStep(): boolean {
  return attempt(findContext) !== undefined;
}

export function runInContext<T>(current: StepContext, work: () => T): T {
  const manager = contextManager();
  const storage = findStorage();
  if (storage === undefined) return manager.with(new StepScope(manager.active(), current), work);
  return storage.run(current, () => manager.with(manager.active().setValue(KEY, current), work));
}

/** Loads what steps need to find their context. Called before the first step. */
export function prepareContexts(): void {
  contextManager();
  findStorage();
}

/** All copies of the library in this process share it. */
const KEY = Symbol.for("@x/resumable-tx/context");

function findContext(): StepContext | undefined {
  return findStorage()?.getStore() ?? contextManager().active().getValue(KEY) as StepContext | undefined;
}

/** What is used here of OpenTelemetry's `ContextManager`. */
export interface ContextManager {
  active(): AsyncContext;
  with<T>(context: AsyncContext, work: () => T): T;
}

/** Values that everything has which begins while they are there. Does not change. */
export interface AsyncContext {
  getValue(key: symbol): unknown;
  setValue(key: symbol, value: unknown): AsyncContext;
  deleteValue(key: symbol): AsyncContext;
}

/** The context that a step's begins in, with the step added: what `setValue` would make in five times the time. */
class StepScope implements AsyncContext {
  readonly #outer: AsyncContext;
  readonly #step: StepContext;

  constructor(outer: AsyncContext, step: StepContext) {
    this.#outer = outer;
    this.#step = step;
  }

  getValue(key: symbol): unknown {
    return key === KEY ? this.#step : this.#outer.getValue(key);
  }

  setValue(key: symbol, value: unknown): AsyncContext {
    return this.#copy().setValue(key, value);
  }

  deleteValue(key: symbol): AsyncContext {
    return this.#copy().deleteValue(key);
  }

  #copy(): AsyncContext {
    return this.#outer.setValue(KEY, this.#step);
  }
}

/**
 * The contexts of this process. A context is that of everything that began in it, of modules whose import began in it, too.
 *
 * Deno passes contexts on whether or not traces are on. To load `AsyncLocalStorage` of `node:async_hooks`, which does the same, takes
 * ten milliseconds more. Kept, because a step may replace what `Deno` has.
 */
export const contextManager: () => ContextManager = once(() =>
  processSlot("context-manager", isManager, () => {
    // Another version of Deno may not have it.
    const manager = attempt(() => Deno.telemetry.contextManager);
    if (manager !== undefined) return manager;
    const version = Deno.version.deno;
    throw new TypeError(`Deno ${version} cannot run steps: it has no Deno.telemetry.contextManager. Run: deno upgrade`);
  })
);

function isManager(value: unknown): value is ContextManager {
  return hasFunctions(value, ["active", "with"]);
}

/** What is used here of `AsyncLocalStorage`. */
interface ContextStorage {
  run<T>(current: StepContext, work: () => T): T;
  getStore(): StepContext | undefined;
}

/** The key under which every copy of OpenTelemetry's API finds in a process what was registered. */
const REGISTERED = Symbol.for("opentelemetry.js.api.1");

/**
 * Where OpenTelemetry is on, a step may replace the whole context, as `context.with(ROOT_CONTEXT, …)` does, and its own context
 * has to be kept elsewhere.
 */
function findStorage(): ContextStorage | undefined {
  const registered: unknown = Reflect.get(globalThis, REGISTERED);
  if (!isObject(registered) || registered["context"] === undefined) return undefined;
  return processSlot<ContextStorage | undefined>("context-storage", isStorage, () => {
    const hooks = nodeProcess()?.getBuiltinModule("node:async_hooks");
    return hooks && new hooks.AsyncLocalStorage<StepContext>();
  });
}

function isStorage(value: unknown): value is ContextStorage {
  return hasFunctions(value, ["run", "getStore"]);
}

function hasFunctions(value: unknown, names: readonly string[]): boolean {
  return names.every((name) => typeof Reflect.get(Object(value), name) === "function");
}
