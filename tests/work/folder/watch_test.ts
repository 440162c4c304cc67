/** A worker of a folder is told what may have become due, and is left alone otherwise. */
import { assertEquals } from "@std/assert";
import { FileStore } from "../../../lib/storage/file/file_store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { queuedPlan, WorkedFolder } from "./folder_setting.ts";

const FILES = ["read", "write", "sys"] as const;

/** Resolves when a worker that listens, and claims when it is told, has claimed a journal. */
async function claimed(folder: WorkedFolder, act: () => Promise<void>): Promise<readonly string[]> {
  const found = Promise.withResolvers<readonly string[]>();
  const stop = folder.work.due.listen(async () => {
    const names = await folder.claim().catch(() => []);
    if (names.length > 0) found.resolve(names);
  });
  try {
    await folder.claim().catch(() => []);
    await act();
    const names = await found.promise;
    for (const name of names) await folder.work.due.giveBack(`${folder.path}/${name}.json`);
    return names;
  } finally {
    stop();
  }
}

permittedTest("a journal that appears, or is given up, is told", FILES, async () => {
  await using folder = await WorkedFolder.make();
  assertEquals(await claimed(folder, () => folder.write("new", queuedPlan())), ["new"]);
  const open = await new FileStore().open(`${folder.path}/new.json`, () => {});
  assertEquals(await claimed(folder, () => open.close()), ["new"]);
});

permittedTest("a folder that was replaced by another one of its name is watched", FILES, async () => {
  await using folder = await WorkedFolder.make();
  const names = await claimed(folder, async () => {
    Deno.removeSync(folder.path);
    Deno.mkdirSync(folder.path, { mode: 0o700 });
    await folder.write("j", queuedPlan());
  });
  assertEquals([names, folder.troubles], [["j"], []]);
});
