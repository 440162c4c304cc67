import { AsyncLocalStorage } from "node:async_hooks";
import { processSlot } from "../../process/process_slot.ts";

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
  const current = storage().getStore();
  if (current === undefined) throw new TypeError("Cannot ask for a step's context: no step is running here");
  return current;
}

/** Whether this is called by a step, or by something that a step has begun. */
export function isInStep(): boolean {
  return storage().getStore() !== undefined;
}

export function runInContext<T>(current: StepContext, work: () => T): T {
  return storage().run(current, work);
}

function storage(): AsyncLocalStorage<StepContext> {
  return processSlot("context", isStorage, () => new AsyncLocalStorage<StepContext>());
}

function isStorage(value: unknown): value is AsyncLocalStorage<StepContext> {
  return value instanceof AsyncLocalStorage;
}
