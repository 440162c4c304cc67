/** Disks that take no locks, and disks that are read-only, as the command line sees them. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { toFileUrl } from "@std/path/to-file-url";
import { inFolder } from "../../support/in_folder.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { runMain } from "../fake_io.ts";
import { writeSample } from "../sample_folder.ts";
import { planOf, unchanged, writeJournal } from "../written_journal.ts";

const NO_LOCKS = [
  "No locks available (os error 37)",
  "Operation not supported (os error 95)",
  "Function not implemented (os error 38)",
] as const;

/** Does something while the locks of one file fail, as they do on some file systems. */
async function withoutLocks<T>(path: string, text: string, work: () => Promise<T>): Promise<T> {
  const original = Deno.FsFile.prototype.tryLockSync;
  const { dev, ino } = await Deno.stat(path);
  Deno.FsFile.prototype.tryLockSync = function (exclusive) {
    const info = this.statSync();
    if (info.dev === dev && info.ino === ino) throw new Error(text);
    return original.call(this, exclusive);
  };
  try {
    return await work();
  } finally {
    Deno.FsFile.prototype.tryLockSync = original;
  }
}

for (const text of NO_LOCKS) {
  permittedTest(
    `each command names a journal of which no lock can be taken: ${text}`,
    ["read", "write"],
    () =>
      inFolder({}, async (folder) => {
        const journal = `${folder}/aborted.json`;
        await writeSample(journal, "aborted");
        for (const words of [["inspect"], ["inspect", "--follow"], ["check"], ["resume"], ["skip", "2"]]) {
          const [command = "", ...rest] = words;
          const end = await unchanged(
            journal,
            () => withoutLocks(journal, text, () => runMain([command, journal, ...rest])),
          );
          assertEquals([words, end.code], [words, 74]);
          assertStringIncludes(end.out + end.error, journal);
          assertStringIncludes(end.out + end.error, text);
        }
      }),
  );
}

permittedTest(
  "list, prune and resume of a folder go on after a journal of which no lock can be taken",
  ["read", "write"],
  () =>
    inFolder({}, async (folder) => {
      const journal = `${folder}/cancelled.json`;
      for (const status of ["aborted", "cancelled", "finished"]) await writeSample(`${folder}/${status}.json`, status);
      const run = (words: readonly string[]) =>
        unchanged(journal, () => withoutLocks(journal, NO_LOCKS[0], () => runMain(words)));
      const list = await run(["list", folder, "--json"]);
      assertEquals([list.code, list.error], [0, ""]);
      const listed: readonly { readonly journal: string; readonly status: string }[] = JSON.parse(list.out);
      assertEquals(listed.map((entry) => [entry.journal, entry.status]), [
        [`${folder}/aborted.json`, "aborted"],
        [journal, "unreadable"],
        [`${folder}/finished.json`, "finished"],
      ]);
      const resumed = await run(["resume", folder, "--dry-run"]);
      assertStringIncludes(resumed.error, `${folder}/aborted.json`);
      assertStringIncludes(resumed.error, journal);
      const pruned = await run(["prune", folder, "--cancelled", "--finished"]);
      assertEquals(pruned.code, 0);
      assertEquals(Array.from(Deno.readDirSync(folder), ({ name }) => name).toSorted(), [
        "aborted.json",
        "cancelled.json",
      ]);
    }),
);

/** Does something while no file can be opened for writing, as on a disk that is mounted read-only. */
async function onReadOnlyDisk<T>(work: () => Promise<T>): Promise<T> {
  const original = Deno.openSync;
  Deno.openSync = (path, options) => {
    if (options?.write !== true) return original(path, options);
    throw Object.assign(new Error(`Read-only file system (os error 30): open '${path}'`), { code: "EROFS" });
  };
  try {
    return await work();
  } finally {
    Deno.openSync = original;
  }
}

permittedTest(
  "resume --dry-run and rollback --dry-run foresee that a read-only disk takes no record",
  ["read", "write", "sys"],
  () =>
    inFolder({ "steps.js": "export function say() {}\nexport function unsay() {}\n" }, async (folder) => {
      const journal = `${folder}/j.json`;
      const undo = { options: { undo: { module: 0, export: "unsay" } } };
      await writeJournal(journal, [
        planOf(toFileUrl(`${folder}/steps.js`).href, [{ export: "say", ...undo }, { export: "say" }]),
        [{ type: "started", step: "1", attempt: 1, run: 1 }],
        [{ type: "finished", step: "1", attempt: 1, ms: 1 }],
      ]);
      for (const command of ["resume", "rollback"]) {
        const words = [command, journal, "--dry-run"];
        const [look, data, real, writable] = await unchanged(journal, async () => [
          await onReadOnlyDisk(() => runMain(words)),
          await onReadOnlyDisk(() => runMain([...words, "--json"])),
          await onReadOnlyDisk(() => runMain([command, journal])),
          await runMain(words),
        ]);
        assertEquals([command, look.code, data.code, real.code, writable.code], [command, 77, 77, 74, 0]);
        const { refusal } = JSON.parse(data.out);
        assertStringIncludes(refusal, "its disk is read-only");
        assertStringIncludes(look.out, `: ${refusal}\n`);
        assertStringIncludes(real.error, journal);
      }
    }),
);
