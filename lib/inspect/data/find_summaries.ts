import type { FoundListing, SearchFilter, Store } from "../../storage/store.ts";
import { type JournalSummary, LISTED_STATUSES, summarizeJournal } from "./summarize_journal.ts";

/** A journal of a scope. */
export interface FoundSummary extends JournalSummary {
  /** What the store has found; absent if its records were read. */
  readonly found?: FoundListing;
}

/**
 * Summarizes the journals of a scope that has columns to search, in the order of a list. Of what is running, or was when its
 * process died, the records are read, of no other.
 */
export async function* searchSummaries(
  store: Store,
  scope: string,
  filter: SearchFilter,
): AsyncIterable<FoundSummary> {
  const read: FoundSummary[] = [];
  // What ends meanwhile would be found again among those that have ended.
  const known = new Set<string>();
  let isLeading = true;
  for await (const found of store.search?.(scope, filter) ?? []) {
    if (known.has(found.journal)) continue;
    const summary = await toSummary(store, found);
    if (summary === undefined || !matches(summary, filter)) continue;
    if (found.listing === undefined) known.add(found.journal);
    if (isLeading && found.listing === undefined) {
      read.push(summary);
      continue;
    }
    if (isLeading) read.sort(compareSummaries);
    isLeading = false;
    while (read[0] !== undefined && compareSummaries(read[0], summary) < 0) yield* read.splice(0, 1);
    yield summary;
  }
  yield* read.sort(compareSummaries);
}

async function toSummary(store: Store, found: FoundListing): Promise<FoundSummary | undefined> {
  const { journal, listing, isHeld } = found;
  if (listing === undefined) {
    const summary = await summarizeJournal(store, journal);
    return summary && { ...summary, ...blockOf(found, summary) };
  }
  const status = LISTED_STATUSES.find((status) => status === listing.status) ?? "unreadable";
  // Its owner has begun a run, or adds something.
  const held = isHeld ? { status: status === "interrupted" ? "started" : status, next: [] } as const : { status };
  return { journal, ...listing, isHeld, ...held, ...blockOf(found, listing), found };
}

/** Why workers leave it to a person. */
function blockOf({ blocked, isGivenUp, isHeld }: FoundListing, { reason }: Pick<JournalSummary, "reason">) {
  if (blocked === undefined || isHeld) return reason === undefined ? {} : { reason };
  return { reason: blocked, ...(isGivenUp === true ? { status: "aborted" } as const : {}) };
}

/** Whether a filter lets a summary through, as far as a summary tells. */
export function matches(
  { status, reason, lastAt = "" }: JournalSummary,
  { statuses, error, latest }: Pick<SearchFilter, "statuses" | "error" | "latest">,
): boolean {
  if (statuses?.has(status) === false) return false;
  if (error !== undefined && (status !== "aborted" || reason?.includes(error) !== true)) return false;
  return latest === undefined || Date.parse(lastAt) <= latest;
}

/** Compares by status, then by age, the oldest first, then by path: a total order. */
export function compareSummaries(a: JournalSummary, b: JournalSummary): number {
  const byStatus = LISTED_STATUSES.indexOf(a.status) - LISTED_STATUSES.indexOf(b.status);
  if (byStatus !== 0) return byStatus;
  const [one = "", other = ""] = [a.lastAt, b.lastAt];
  if (one !== other) return one < other ? -1 : 1;
  return a.journal < b.journal ? -1 : a.journal > b.journal ? 1 : 0;
}
