import type { JournalSummary, SummaryStatus } from "../inspect/summarize_journal.ts";

/** One journal in a list. */
export interface Listed extends JournalSummary {
  /** Its path, as whoever asked would write it. */
  readonly shown: string;
  /** When the last record was written, or else when the file was changed, as an ISO date. */
  readonly lastAt: string;
}

/** Every status, in the order of the list: what needs a person first, what is over last. */
export const LIST_STATUSES = [
  "waiting",
  "aborted",
  "interrupted",
  "damaged",
  "newer",
  "unreadable",
  "incomplete",
  "pending",
  "started",
  "cancelled",
  "undone",
  "finished",
] as const satisfies readonly SummaryStatus[];

/** Compares by status, then by age, the oldest first, then by path: a total order. */
export function compareListed(a: Listed, b: Listed): number {
  const byStatus = LIST_STATUSES.indexOf(a.status) - LIST_STATUSES.indexOf(b.status);
  if (byStatus !== 0) return byStatus;
  if (a.lastAt !== b.lastAt) return a.lastAt < b.lastAt ? -1 : 1;
  return a.journal < b.journal ? -1 : a.journal > b.journal ? 1 : 0;
}
