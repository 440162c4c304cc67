import type { Clock } from "../session/clock.ts";
import type { CallEnd } from "./step_host.ts";

/** How long a step that has reached its time limit may take to stop. */
export const GRACE_MS = 5_000;

/** A step that did not stop at its time limit. */
export interface Overdue {
  readonly kind: "overdue";
  /** Resolves if it ends after all. */
  readonly late: Promise<CallEnd>;
}

interface TimeLimit {
  /** When its signal is aborted, in milliseconds; no limit if absent. */
  readonly timeoutMs: number | undefined;
  readonly graceMs?: number;
  readonly clock: Clock;
}

/** Aborts a call's signal at its time limit. If the call does not end within the grace period, its outcome is unknown. */
export function limitTime(
  call: (timeout: AbortSignal | undefined) => Promise<CallEnd>,
  { timeoutMs, ...limit }: TimeLimit,
): Promise<CallEnd | Overdue> {
  // Most steps have no limit: awaiting the call here would cost each of them a turn of the event loop.
  return timeoutMs === undefined ? call(undefined) : watchCall(call, { timeoutMs, ...limit });
}

async function watchCall(
  call: (timeout: AbortSignal) => Promise<CallEnd>,
  { timeoutMs, graceMs = GRACE_MS, clock }: TimeLimit & { readonly timeoutMs: number },
): Promise<CallEnd | Overdue> {
  const timeout = new AbortController();
  const settled = new AbortController();
  const late = call(timeout.signal);
  const guarded = late.finally(() => settled.abort());
  const watch = async (): Promise<Overdue> => {
    await clock.delay(timeoutMs, settled.signal);
    if (!settled.signal.aborted) {
      timeout.abort(new DOMException(`The step reached its time limit of ${timeoutMs} ms`, "TimeoutError"));
    }
    await clock.delay(graceMs, settled.signal);
    return { kind: "overdue", late };
  };
  const overdue = watch();
  const first = await Promise.race([guarded, overdue]);
  // If both arrive in the same turn, the end of the call counts.
  return settled.signal.aborted ? await guarded : first;
}
