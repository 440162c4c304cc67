import { JournalRefused } from "../errors/opening_errors.ts";
import type { Located } from "./locator.ts";
import type { Store } from "./store.ts";
import type { WorkStore } from "./work_store.ts";

/**
 * Gives what a database or a folder has for workers.
 *
 * @throws {JournalRefused} It has nothing.
 */
export function openWork({ store, name }: Located): WorkStore {
  if (hasWork(store)) return store;
  throw new JournalRefused(name, "Nothing is run from here");
}

function hasWork(store: Store & Partial<WorkStore>): store is WorkStore {
  return store.due !== undefined;
}
