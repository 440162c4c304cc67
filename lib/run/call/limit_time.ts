import type { Clock } from "../session/clock.ts";
import type { CallEnd } from "./step_host.ts";

/** How long a step that was told to stop may take to do so. */
export const GRACE_MS = 5_000;

/** A step that has not come to its end although it was told to. */
export interface Overdue {
  /** Tells it from an end. */
  readonly kind: "overdue";
  /** Its end, should it come. */
  readonly late: Promise<CallEnd>;
}

/** How long a call may take. */
interface TimeLimit {
  /** Milliseconds until it is told to stop; no limit if absent. */
  readonly timeoutMs: number | undefined;
  /**
   * Milliseconds from then on until nobody waits for it any more.
   *
   * @default {5_000}
   */
  readonly graceMs?: number;
  /** What measures both. */
  readonly clock: Clock;
}

/**
 * Makes a call that is told to stop after some time. What it does then counts as what it did; of one that does nothing for
 * the time of grace nobody knows what it will do.
 *
 * @param call Makes the call; its signal is aborted when time is up.
 * @param limit The times.
 */
export async function limitTime(
  call: (timeout: AbortSignal | undefined) => Promise<CallEnd>,
  { timeoutMs, graceMs = GRACE_MS, clock }: TimeLimit,
): Promise<CallEnd | Overdue> {
  if (timeoutMs === undefined) return await call(undefined);
  const timeout = new AbortController();
  const settled = new AbortController();
  const late = call(timeout.signal);
  const guarded = late.finally(() => settled.abort());
  const watch = async (): Promise<Overdue> => {
    await clock.delay(timeoutMs, settled.signal);
    if (!settled.signal.aborted) {
      timeout.abort(new DOMException(`The step was told to stop after ${timeoutMs} ms`, "TimeoutError"));
    }
    await clock.delay(graceMs, settled.signal);
    return { kind: "overdue", late };
  };
  const overdue = watch();
  const first = await Promise.race([guarded, overdue]);
  // Both may have come in the same turn: an end that is there counts.
  return settled.signal.aborted ? await guarded : first;
}
