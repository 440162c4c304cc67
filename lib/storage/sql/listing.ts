import { shellQuote } from "../../text/escape.ts";
import { attempt, dateText, list, objectOf, text, wholeNumber, word } from "../../values/shape.ts";
import { HIGHEST_PRIORITY, LOWEST_PRIORITY } from "../../journal/event.ts";
import type { Queued } from "../../state/state.ts";
import { ANY_JOURNAL } from "../locator_scheme.ts";
import type { Listing, Release } from "../open_journal.ts";
import { DatabaseError } from "./database.ts";
import { LISTED, statusNumber } from "./schema.ts";
import type { NewTransaction } from "./table_rows.ts";

/** No time that a date can have is later, nor as early as this before 1970. */
export const MAX_TIME = 8.64e15;

const MAX_TEXT = 100_000;
const anyText = text(MAX_TEXT);
const count = wholeNumber(0, Number.MAX_SAFE_INTEGER);
const STEP_STATUSES = word(
  "pending",
  "started",
  "finished",
  "failed",
  "unknown",
  "skipped",
  "waiting",
  "undone",
);

const LISTING = objectOf<Listing>({
  status: word(...LISTED),
  "home?": anyText,
  "openedAt?": dateText,
  "lastAt?": dateText,
  "name?": anyText,
  "queued?": objectOf<Queued>({
    queue: anyText,
    priority: wholeNumber(LOWEST_PRIORITY, HIGHEST_PRIORITY),
    "dueAt?": dateText,
  }),
  "progress?": objectOf<NonNullable<Listing["progress"]>>({ done: count, all: count }),
  "step?": objectOf<NonNullable<Listing["step"]>>({ id: anyText, name: anyText, status: STEP_STATUSES }),
  "reason?": anyText,
  "retry?": objectOf<NonNullable<Listing["retry"]>>({ at: dateText, number: count, most: count }),
  next: list(objectOf<Listing["next"][number]>({ when: anyText, command: anyText })),
});

/** The columns `listed`, `last_at` and `listing` of a release. What they cannot hold, only the records tell. */
export function listingValues({ listing }: Release): readonly [number?, number?, string?] {
  const listed = LISTED.findIndex((status) => status === listing?.status);
  if (listed === -1 || LISTING(listing) !== undefined) return [undefined, undefined, undefined];
  return [listed, Date.parse(listing?.lastAt ?? ""), JSON.stringify(listing)];
}

/** All columns that a transaction gets when it has come from a file. Without a time it is due now. */
export function settledValues(
  release: Release,
  endedAt: number | undefined,
): readonly (number | string | undefined)[] {
  const { status, dueAt, steps = 0, finished = 0, atStep, error } = release;
  if (status === undefined) throw new DatabaseError("data", "a transaction needs a status");
  const listing = listingValues(release);
  return [statusNumber(status), dueAt, endedAt, steps, finished, atStep, error, ...listing, release.rest];
}

/** The columns `status`, `steps`, and these three of a new transaction. Without a status, its time decides. */
export function firstValues(
  { owner, isPartial = false, release = { status: undefined } }: NewTransaction,
): readonly [status: number | undefined, steps: number, listed?: number, lastAt?: number, listing?: string] {
  const status = owner === undefined ? undefined : statusNumber(isPartial ? "aborted" : "running");
  return [status, release.steps ?? 0, ...listingValues(release)];
}

/** Reads such a column, which any program may have written; nothing if it is none. */
export function readListing(column: string | undefined, journal: string): Listing | undefined {
  const listing: unknown = attempt(() => JSON.parse(column ?? ""));
  if (!isListing(listing)) return undefined;
  const name = shellQuote(journal);
  return {
    ...listing,
    next: listing.next.map(({ when, command }) => ({ when, command: command.replace(ANY_JOURNAL, () => name) })),
  };
}

function isListing(value: unknown): value is Listing {
  return LISTING(value) === undefined;
}
