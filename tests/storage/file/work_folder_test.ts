/** What workers remember in a folder of journals: files that one process at a time replaces. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { JournalNotFound, JournalRefused } from "../../../lib/errors/opening_errors.ts";
import {
  lockWorkFile,
  makeWorkFolder,
  readWorkFile,
  workFile,
  writeWorkFile,
} from "../../../lib/storage/file/work_folder.ts";
import { FileStore } from "../../../lib/storage/file/file_store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";

const FILES = ["read", "write"] as const;
const NAME = "notes";

permittedTest("what is written is read again, and reading makes nothing", FILES, async () => {
  await using folder = await makeTempFolder();
  assertEquals(readWorkFile(folder.path, NAME), undefined);
  assertEquals(Array.from(Deno.readDirSync(folder.path)), []);
  {
    using _lock = await lockWorkFile(folder.path, NAME);
    await writeWorkFile(folder.path, NAME, "[1]");
    await writeWorkFile(folder.path, NAME, "[2]");
  }
  assertEquals(readWorkFile(folder.path, NAME), "[2]");
  const path = await makeWorkFolder(folder.path);
  assertEquals(Array.from(Deno.readDirSync(path), ({ name }) => name).toSorted(), [NAME, `${NAME}.lock`]);
  assertEquals(await Array.fromAsync(new FileStore().list(folder.path)), []);
  if (Deno.build.os === "windows") return;
  assertEquals((Deno.statSync(path).mode ?? 0) & 0o777, 0o700);
  assertEquals((Deno.statSync(workFile(folder.path, NAME)).mode ?? 0) & 0o777, 0o600);
});

permittedTest("those who want the lock at the same time get it one after the other", FILES, async () => {
  await using folder = await makeTempFolder();
  const count = async () => {
    using _lock = await lockWorkFile(folder.path, NAME);
    const before = Number(readWorkFile(folder.path, NAME) ?? 0);
    await writeWorkFile(folder.path, NAME, String(before + 1));
  };
  await Promise.all(Array.from({ length: 12 }, count));
  assertEquals(readWorkFile(folder.path, NAME), "12");
});

permittedTest(
  "a place where others could have written is refused, and one that is not there is named",
  FILES,
  async () => {
    await using folder = await makeTempFolder();
    const gone = `${folder.path}/gone`;
    assertEquals(readWorkFile(gone, NAME), undefined);
    assertEquals((await assertRejects(() => lockWorkFile(gone, NAME), JournalNotFound)).journal, gone);
    const path = `${folder.path}/.resumable_tx`;
    const refuses = async () => {
      await assertRejects(() => lockWorkFile(folder.path, NAME), JournalRefused);
      assertThrows(() => readWorkFile(folder.path, NAME), JournalRefused);
    };
    Deno.writeTextFileSync(path, "mine");
    await refuses();
    assertEquals(Deno.readTextFileSync(path), "mine");
    Deno.removeSync(path);
    if (Deno.build.os === "windows") return;
    Deno.mkdirSync(`${folder.path}/elsewhere`);
    Deno.symlinkSync(`${folder.path}/elsewhere`, path);
    await refuses();
    Deno.removeSync(path);
    Deno.mkdirSync(path);
    Deno.chmodSync(path, 0o770);
    await refuses();
    assertEquals(Array.from(Deno.readDirSync(path)), []);
    Deno.chmodSync(path, 0o700);
    if (Deno.uid() !== 0) return;
    Deno.chownSync(path, 65534, 65534);
    await refuses();
  },
);
