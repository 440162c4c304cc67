import { assertEquals } from "@std/assert";
import type { JournalRecord } from "../../lib/journal/encode_record.ts";
import type { Event } from "../../lib/journal/event.ts";
import type { Store } from "../../lib/storage/store.ts";
import { testEvents } from "../support/test_record.ts";

/** A store under test and what it takes to be its user. */
export interface ConformingStore {
  /** The store. */
  readonly store: Store;
  /** A folder for journals, empty at first. */
  readonly folder: string;
  /** The name of a journal in that folder. */
  readonly nameOf: (name: string) => string;
  /** Takes a journal away from its owner, as an administrator or another machine may. */
  readonly takeAway: (journal: string) => void | Promise<void>;
  /** Damages the second record of a journal at rest; absent where nothing but the store can reach the records. */
  readonly damage?: (journal: string) => Promise<void>;
  /** Leaves the end of a journal at rest as a crash in an append leaves it; absent where a crash leaves nothing. */
  readonly tear?: (journal: string) => Promise<void>;
}

/** One thing that every store must do. */
export interface ConformanceTest {
  /** What, as the name of a test. */
  readonly name: string;
  /** Does it, with a store of its own. */
  readonly run: (subject: ConformingStore) => Promise<void>;
}

export const FIRST = testEvents(0);
export const ENDED: readonly Event[] = [{ type: "ended" }];

/** Reads the events of all records, and checks how the records are numbered. */
export async function readEvents(store: Store, journal: string): Promise<readonly (readonly Event[])[]> {
  const records: JournalRecord[] = [];
  await store.read(journal, (record) => records.push(record));
  assertEquals(records.map((record) => record.seq), records.map((_, index) => index));
  return records.map((record) => record.events);
}
