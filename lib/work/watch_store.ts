import { JournalError } from "../errors/journal_error.ts";
import type { Clock } from "../run/session/clock.ts";
import type { ClaimRequest, Outlook, WorkStore } from "../storage/work_store.ts";
import type { Report } from "./work_report.ts";

interface WatchOptions {
  readonly store: WorkStore;
  readonly selection: Omit<ClaimRequest, "limit">;
  readonly clock: Clock;
  readonly report: Report;
  readonly stop: AbortSignal;
  /** Gets what there is to do, and nothing while the store cannot be used. */
  readonly onOutlook?: (outlook: Outlook | undefined) => void;
}

/** The pause between two looks. */
const LOOK_MS = 10_000;

/** Looks from time to time at what there is to do, until it is stopped, and tells of what no worker with these modules runs. */
export async function watchStore({ store, selection, clock, report, stop, onOutlook }: WatchOptions): Promise<void> {
  let told = 0;
  while (!stop.aborted) {
    const outlook = await look(store, selection);
    onOutlook?.(outlook);
    const untrusted = outlook?.untrusted ?? told;
    if (untrusted > told) report({ kind: "untrusted", count: untrusted });
    told = untrusted;
    await clock.delay(LOOK_MS, stop);
  }
}

async function look(store: WorkStore, selection: WatchOptions["selection"]): Promise<Outlook | undefined> {
  try {
    return await store.due.outlook(selection);
  } catch (error) {
    // Those who run transactions tell of it.
    if (error instanceof JournalError) return undefined;
    throw error;
  }
}
