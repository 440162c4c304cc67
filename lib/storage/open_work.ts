import { JournalRefused } from "../errors/opening_errors.ts";
import { FolderWork } from "./file/folder_work.ts";
import type { FolderTools } from "./folder_summary.ts";
import type { Located } from "./locator.ts";
import { isOfDatabase } from "./locator_scheme.ts";
import type { Store } from "./store.ts";
import type { WorkStore } from "./work_store.ts";

/**
 * Gives what a database or a folder has for workers.
 *
 * @param folder What folders need.
 * @throws {JournalRefused} It has nothing.
 */
export function openWork({ store, name }: Located, folder: FolderTools): WorkStore {
  if (hasWork(store)) return store;
  if (!isOfDatabase(name)) return new FolderWork(name, folder);
  throw new JournalRefused(name, "Nothing is run from here");
}

function hasWork(store: Store & Partial<WorkStore>): store is WorkStore {
  return store.due !== undefined;
}
