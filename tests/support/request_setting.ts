import { assertEquals } from "@std/assert";
import type { Request } from "../../lib/journal/request.ts";
import { FileStore } from "../../lib/storage/file/file_store.ts";
import type { OpenJournal } from "../../lib/storage/open_journal.ts";
import { makeTempFolder } from "./temp_folder.ts";
import { testEvents } from "./test_record.ts";

/** A journal that lets requests in, and what is around it. */
export interface RequestSetting {
  readonly store: FileStore;
  readonly journal: string;
  readonly requests: string;
  readonly open: OpenJournal;
  /** The names in the folder of requests. */
  readonly names: () => readonly string[];
}

/** A signal to a transaction. */
export function makeRequest(transaction = "t", id: string = crypto.randomUUID()): Request {
  return { request: "signal", id, transaction, at: "2026-11-30T12:00:00.000Z", signal: "go", value: id };
}

/** A journal that lets requests in. */
export async function withOpen(test: (setting: RequestSetting) => Promise<void>): Promise<void> {
  await using folder = await makeTempFolder();
  const store = new FileStore();
  const journal = `${folder.path}/j.json`;
  const requests = `${journal}.requests`;
  const open = await store.create(journal, testEvents(0));
  open.inbox.listen(() => {});
  open.inbox.hurry();
  try {
    await test({ store, journal, requests, open, names: () => namesIn(requests) });
  } finally {
    await open.close();
  }
  // A sender leaves no file beside the journal.
  assertEquals(namesIn(folder.path).filter((name) => name.startsWith(".resumable_tx_")), []);
}

/** What is in a folder. */
export function namesIn(folder: string): readonly string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => name).toSorted();
}

/** Something has this path, if only a link that leads nowhere. */
export function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}
