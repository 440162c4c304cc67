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
  /** Aborted when the step should come to an end: the process was told to stop, its time is up, or the transaction is cancelled. */
  readonly signal: AbortSignal;
  /** The attempt, counted from 1 over all runs of the transaction. */
  readonly attempt: number;
  /**
   * The same for every attempt of this step, and different from that of every other step of any transaction: what a
   * service wants as an idempotency key. Transaction id, step id and generation, with "/" between.
   */
  readonly idempotencyKey: string;
  /** Id of the transaction. */
  readonly transactionId: string;
  /** Id of the step in its plan. */
  readonly stepId: string;
  /**
   * Reports how far the step has come, to the transaction's observer and to the terminal that `resume` runs in. It is not
   * written to the journal.
   *
   * @param report A fraction from 0 to 1, or a short text.
   */
  readonly progress: (report: number | string) => void;
}

/**
 * Tells a step function what it is part of. To be called in the function, or in what it awaits.
 *
 * @returns The context of the step that is running.
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

/** Whether this is called by a step, or by what a step has begun. */
export function isInStep(): boolean {
  return storage().getStore() !== undefined;
}

/** Calls a function with a context. */
export function runInContext<T>(current: StepContext, work: () => T): T {
  return storage().run(current, work);
}

function storage(): AsyncLocalStorage<StepContext> {
  return processSlot("context", isStorage, () => new AsyncLocalStorage<StepContext>());
}

function isStorage(value: unknown): value is AsyncLocalStorage<StepContext> {
  return value instanceof AsyncLocalStorage;
}
