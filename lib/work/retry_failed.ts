import { JournalError } from "../errors/journal_error.ts";
import { releaseOf } from "../run/session/release.ts";
import type { Clock } from "../run/session/clock.ts";
import { foldRecords } from "../state/apply_event.ts";
import { nextRetry, State } from "../state/state.ts";
import type { FoundListing, Store } from "../storage/store.ts";
import type { Report } from "./work_report.ts";

interface RetryOptions {
  readonly scope: string;
  /** How often a transaction is tried again, at most. */
  readonly retryFailed: number;
  readonly clock: Clock;
}

/** What a worker has run itself sleeps until its next try. What failed elsewhere is found so often. */
const LOOK_EVERY_MS = 5 * 60_000;
const ABORTED: ReadonlySet<string> = new Set(["aborted"]);

/** Looks for failed transactions of a database that workers may try again, from time to time, until it is stopped. */
export async function watchFailed(
  store: Store,
  { report, stop, ...options }: RetryOptions & { readonly report: Report; readonly stop: AbortSignal },
): Promise<void> {
  while (!stop.aborted) {
    try {
      await wakeFailed(store, options);
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      report({ kind: "notice", reason: error.message });
    }
    await options.clock.delay(LOOK_EVERY_MS, stop);
  }
}

/**
 * Lets those transactions of a database sleep until their next try that failed when no worker ran them that tries again, and
 * whose pause is over. In a folder, workers see that by themselves. Returns how many there were.
 */
export async function wakeFailed(store: Store, options: RetryOptions): Promise<number> {
  if (store.search === undefined || options.retryFailed === 0) return 0;
  let woken = 0;
  for await (const found of store.search(options.scope, { statuses: ABORTED })) {
    if (mayTry(found, options) && await wake(store, found.journal, options)) woken += 1;
  }
  return woken;
}

function mayTry({ listing, isHeld, isExported }: FoundListing, { retryFailed, clock }: RetryOptions): boolean {
  const retry = listing?.retry;
  return !isHeld && !isExported && retry !== undefined && retry.number <= retryFailed &&
    Date.parse(retry.at) <= clock.now();
}

async function wake(store: Store, journal: string, { retryFailed }: RetryOptions): Promise<boolean> {
  const state = new State({ keepsValues: false });
  try {
    const open = await store.open(journal, foldRecords(journal, state));
    const isMeant = (nextRetry(state)?.number ?? Infinity) <= retryFailed;
    await open.close(isMeant ? { release: () => releaseOf(state, { ending: "ended", retryFailed }) } : {});
    return isMeant;
  } catch (error) {
    // Somebody else has it, it is gone, or it is damaged, which `check` tells.
    if (error instanceof JournalError) return false;
    throw error;
  }
}
