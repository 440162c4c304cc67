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
   * Reports how far the step is, to the transaction's observer and on the terminal of `resume`. It is not recorded in the
   * journal.
   *
   * @param report A fraction from 0 to 1, or a short text.
   */
  readonly progress: (report: number | string) => void;
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
  return findContext() !== undefined;
}

export function runInContext<T>(current: StepContext, work: () => T): T {
  const manager = contextManager();
  return manager.with(manager.active().setValue(KEY, current), work);
}

/** All copies of the library in this process share it. */
const KEY = Symbol.for("@x/resumable-tx/context");

function findContext(): StepContext | undefined {
  return contextManager().active().getValue(KEY) as StepContext | undefined;
}

/** What is used here of OpenTelemetry's `ContextManager`. */
interface ContextManager {
  active(): AsyncContext;
  with<T>(context: AsyncContext, work: () => T): T;
}

/** Values that everything has which begins while they are there. Does not change. */
interface AsyncContext {
  getValue(key: symbol): unknown;
  setValue(key: symbol, value: unknown): AsyncContext;
}

/**
 * Deno passes contexts on whether or not traces are on. To load `AsyncLocalStorage` of `node:async_hooks`, which does the same, takes
 * ten milliseconds more.
 */
function contextManager(): ContextManager {
  return Deno.telemetry.contextManager;
}
