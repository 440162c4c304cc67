import { JournalDamaged, JournalNotFound, JournalRefused, JournalTooNew } from "../../errors/opening_errors.ts";
import { JournalUnwritable } from "../../errors/storage_errors.ts";
import { describeNewer, type SummarizedState, summarizeState } from "../../messages/summarize_state.ts";
import type { Listing } from "../../storage/open_journal.ts";
import { readState } from "../../storage/read_state.ts";
import type { Store } from "../../storage/store.ts";

/** What a list of journals says about each. Its text is as the journal has it, and may be hostile. */
export interface JournalSummary extends Listing {
  readonly journal: string;
  readonly status: SummaryStatus;
  /** A process holds the journal. */
  readonly isHeld: boolean;
}

/**
 * The status of a transaction, or why there is none. `newer`: a newer version wrote in it. `incomplete`: its plan was never
 * completed, so no step ever ran. `exported`: it was moved from a database into a file. `unreadable`: it may not be read, is too large, or the disk failed.
 */
export type SummaryStatus = SummarizedState["status"] | "damaged" | "unreadable";

/** Every status, in the order of a list: what needs a person first, what is over last. */
export const LISTED_STATUSES: readonly SummaryStatus[] = [
  "waiting",
  "aborted",
  "interrupted",
  "damaged",
  "newer",
  "unreadable",
  "incomplete",
  "pending",
  "started",
  "exported",
  "cancelled",
  "undone",
  "finished",
];

/** Summarizes a journal, even one that cannot be read: it must not break a list. Nothing if there is none (any more). */
export async function summarizeJournal(store: Store, journal: string): Promise<JournalSummary | undefined> {
  try {
    const { state, read } = await readState(store, journal, { keepsValues: false });
    const { status, ...rest } = summarizeState(state, read);
    // A text that was cut out of a larger one keeps that alive: with thousands of journals, this would add up.
    return structuredClone({ journal: read.journal, status, isHeld: read.isHeld, ...rest });
  } catch (error) {
    const unread = (status: SummaryStatus, reason: string) => ({ journal, isHeld: false, next: [], status, reason });
    if (error instanceof JournalNotFound) return undefined;
    if (error instanceof JournalDamaged) {
      return unread("damaged", `${error.line === 0 ? "" : `line ${error.line}: `}${error.reason}`);
    }
    if (error instanceof JournalTooNew) return unread("newer", describeNewer(error.unknown));
    if (error instanceof JournalRefused || error instanceof JournalUnwritable) {
      return unread("unreadable", error.message);
    }
    // A text, list or map would be larger than any can be.
    if (error instanceof RangeError) return unread("unreadable", `too large: ${error.message}`);
    throw error;
  }
}
