import { assertEquals } from "@std/assert";
import { countOpenJournal } from "../../../lib/storage/file/file_lock.ts";
import { syncFolder } from "../../../lib/storage/file/sync_folder.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";

/** Replaces the syncs of files by promises that the test settles, while `work` runs. */
async function withSyncs(work: (begun: PromiseWithResolvers<void>[]) => Promise<void>): Promise<void> {
  const begun: PromiseWithResolvers<void>[] = [];
  const original = Deno.FsFile.prototype.sync;
  Reflect.set(Deno.FsFile.prototype, "sync", () => {
    const sync = Promise.withResolvers<void>();
    begun.push(sync);
    return sync.promise;
  });
  // More than one journal is open: then no sync blocks the process.
  const uncounts = [countOpenJournal(), countOpenJournal()];
  try {
    await work(begun);
  } finally {
    uncounts.forEach((uncount) => uncount());
    Reflect.set(Deno.FsFile.prototype, "sync", original);
  }
}

/** Lets every promise continue that can. */
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

permittedTest("syncFolder() shares only a sync that began after it was called", ["read", "write"], async () => {
  if (Deno.build.os === "windows") return;
  await using folder = await makeTempFolder();
  await withSyncs(async (begun) => {
    const ended: string[] = [];
    const call = (name: string) => syncFolder(folder.path).then(() => void ended.push(name));
    const calls = [call("first"), call("second"), call("third")];
    await settle();
    assertEquals([begun.length, ended], [1, []]);
    begun[0]?.resolve();
    await settle();
    assertEquals([begun.length, ended], [2, ["first"]]);
    calls.push(call("fourth"));
    begun[1]?.resolve();
    await settle();
    assertEquals([begun.length, ended], [3, ["first", "second", "third"]]);
    begun[2]?.resolve();
    await Promise.all(calls);
    assertEquals([begun.length, ended.at(-1)], [3, "fourth"]);
  });
});

permittedTest("syncFolder() begins another sync after one that failed", ["read", "write"], async () => {
  if (Deno.build.os === "windows") return;
  await using folder = await makeTempFolder();
  await withSyncs(async (begun) => {
    const calls = Promise.allSettled([syncFolder(folder.path), syncFolder(folder.path)]);
    await settle();
    begun[0]?.reject(new Error("EIO"));
    await settle();
    begun[1]?.resolve();
    assertEquals((await calls).map(({ status }) => status), ["rejected", "fulfilled"]);
    const last = syncFolder(folder.path);
    await settle();
    begun[2]?.resolve();
    await last;
    assertEquals(begun.length, 3);
  });
});
