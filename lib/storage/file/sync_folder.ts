import { processSlot } from "../../process/process_slot.ts";
import { VERSION } from "../../version.ts";
import { isOnlyOpenJournal } from "./file_lock.ts";

/** A sync of a folder that is going on, and the one that begins when it has ended. */
interface FolderSync {
  readonly running: Promise<void>;
  next?: Promise<void>;
}

/**
 * Makes the names of a folder durable: without this, that of a new file may be gone after a power cut, although its bytes were
 * synced. Those who create files at the same time share a sync that began after their files had their names.
 */
export async function syncFolder(folder: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  if (isOnlyOpenJournal()) return syncNow(folder);
  const going = folderSyncs().get(folder);
  if (going === undefined) await begin(folder);
  else await (going.next ??= going.running.then(() => begin(folder), () => begin(folder)));
}

function syncNow(folder: string): void {
  using file = Deno.openSync(folder, { read: true });
  file.syncSync();
}

async function begin(folder: string): Promise<void> {
  const sync: FolderSync = { running: syncLater(folder) };
  folderSyncs().set(folder, sync);
  try {
    await sync.running;
  } finally {
    if (sync.next === undefined) folderSyncs().delete(folder);
  }
}

async function syncLater(folder: string): Promise<void> {
  using file = Deno.openSync(folder, { read: true });
  await file.sync();
}

function folderSyncs(): Map<string, FolderSync> {
  return processSlot(`folder-syncs@${VERSION}`, (value) => value instanceof Map, () => new Map<string, FolderSync>());
}
