import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { JournalDamaged, JournalNotFound, JournalRefused, JournalTooNew } from "../../../lib/errors/opening_errors.ts";
import { chainSum } from "../../../lib/journal/encode_record.ts";
import type { Event } from "../../../lib/journal/event.ts";
import type { Disk } from "../../../lib/storage/file/disk.ts";
import { FileStore } from "../../../lib/storage/file/file_store.ts";
import { EMPTY_SCAN } from "../../../lib/storage/file/classify_tail.ts";
import { scanJournal } from "../../../lib/storage/file/scan_journal.ts";
import { openFile } from "../../support/disk/crash_explorer.ts";
import { MemoryDisk } from "../../support/disk/memory_disk.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { TEST_TIME, testEvents, testNow } from "../../support/test_record.ts";

const FILES = ["read", "write"] as const;
const GIGABYTE = 2 ** 30;
const store = new FileStore(testNow);

/** A journal of records that may hold anything, with the right checksums. */
function journalOf(...records: readonly (readonly unknown[])[]): string {
  let sum = "";
  const lines = records.map((events, seq) => {
    const body = JSON.stringify({ seq, at: TEST_TIME, events }).slice(0, -1);
    const covered = `${seq === 0 ? "[" : ","}${body}`;
    sum = chainSum(sum, covered);
    return `${covered},"sum":"${sum}"}\n`;
  });
  return `${lines.join("")}]`;
}

permittedTest("FileStore refuses files that are no journal, and does not change them", FILES, async () => {
  await using folder = await makeTempFolder();
  const path = `${folder.path}/a.json`;
  for (const text of ["", "\n", "hello\n", "[]", '{"seq":0}', '[{"seq":0,"at":"', "[1,2]\n]", "\0".repeat(100)]) {
    const isJournal = text.startsWith('[{"seq":0,');
    await Deno.writeTextFile(path, text);
    for (const use of [() => store.open(path, () => {}), () => store.read(path, () => {})]) {
      const error = await assertRejects(use, JournalDamaged);
      // What begins as a journal does is one, and damaged.
      const what = isJournal ? "the line " : "it is no journal of resumable-tx: the line ";
      assertMatch(error.reason, new RegExp(`^${text === "" ? "the file is " : what}`));
      assertEquals(error.line, 1);
    }
    assertEquals(await Deno.readTextFile(path), text);
  }
});

permittedTest(
  "FileStore.open() passes no record when a creation was cut short, and removes it if told to",
  FILES,
  async () => {
    await using folder = await makeTempFolder();
    const path = `${folder.path}/a.json`;
    const text = `]${"\t".repeat(4095)}`;
    await Deno.writeTextFile(path, text);
    await (await store.open(path, () => assert(false))).close();
    assertEquals(await Deno.readTextFile(path), text);
    assertEquals(await store.read(path, () => assert(false)), {
      journal: path,
      isHeld: false,
      isAtRest: false,
      tornBytes: 0,
    });
    await (await store.open(path, () => assert(false))).close({ remove: true });
    await assertRejects(() => store.open(path, () => {}), JournalNotFound);
  },
);

permittedTest("FileStore refuses a folder and a named pipe, and does not wait for the pipe", [
  "read",
  "write",
  "run",
], async () => {
  if (Deno.build.os === "windows") return;
  await using folder = await makeTempFolder();
  const pipe = `${folder.path}/pipe.json`;
  await new Deno.Command("mkfifo", { args: [pipe] }).output();
  for (const [path, kind] of [[folder.path, "a folder"], [pipe, "a named pipe"]] as const) {
    await assertRejects(() => store.open(path, () => {}), JournalDamaged, ` ${kind}, `);
    await assertRejects(() => store.read(path, () => {}), JournalDamaged, ` ${kind}, `);
  }
  await Deno.writeTextFile(`${folder.path}/other.json`, "{}");
  await Deno.writeTextFile(`${folder.path}/new.json`, journalOf([{ type: "ended" }]));
  assertEquals(await Array.fromAsync(store.list(folder.path)), [`${folder.path}/new.json`]);
});

permittedTest(
  "FileStore.open() refuses what a newer version wrote, and read() hands over the rest",
  FILES,
  async () => {
    await using folder = await makeTempFolder();
    const path = `${folder.path}/a.json`;
    await Deno.writeTextFile(path, journalOf([{ type: "ended" }], [{ type: "teleported" }, { type: "undone" }]));
    await assertRejects(() => store.open(path, () => {}), JournalTooNew, 'which has the unknown type "teleported"');
    const events: Event[] = [];
    const read = await store.read(path, (record) => events.push(...record.events));
    assertEquals(events, [{ type: "ended" }, { type: "undone" }]);
    assertEquals(read.unknown, 'event 0, which has the unknown type "teleported",');
    await Deno.writeTextFile(path, journalOf([{ type: "opened", format: 2, color: "blue" }], [{ type: "ended" }]));
    await assertRejects(() => store.open(path, () => {}), JournalTooNew, "format 2 ");
    await assertRejects(() => store.read(path, () => {}), JournalTooNew, "format 2 ");
  },
);

permittedTest("FileStore refuses a sparse file of one gigabyte", FILES, async () => {
  await using folder = await makeTempFolder();
  const path = `${folder.path}/a.json`;
  await Deno.writeTextFile(path, journalOf([{ type: "ended" }]));
  await Deno.truncate(path, GIGABYTE);
  const error = await assertRejects(() => store.read(path, () => {}), JournalDamaged, "is longer than 16777216 bytes");
  assertEquals(error.line, 2);
  await Deno.writeTextFile(path, "[");
  await Deno.truncate(path, GIGABYTE);
  await assertRejects(() => store.open(path, () => {}), JournalDamaged, "is longer than 16777216 bytes");
});

Deno.test("scanJournal() reads little of a line of one gigabyte", () => {
  const disk = new MemoryDisk(new Uint8Array());
  const file = openFile(disk, EMPTY_SCAN);
  file.prepare();
  file.append(testEvents(0));
  file.finish();
  const begin = disk.bytes.slice(0, -1);
  let bytesRead = 0;
  const endless: Disk = {
    size: () => GIGABYTE,
    read(offset, into) {
      into.fill("x".charCodeAt(0));
      if (offset < begin.length) into.set(begin.subarray(offset, offset + into.length));
      bytesRead += into.length;
      return into.length;
    },
    write: () => 0,
    truncate: () => {},
    truncateLater: () => Promise.resolve(),
    syncData: () => {},
    syncDataLater: () => Promise.resolve(),
    syncLater: () => Promise.resolve(),
    sync: () => {},
  };
  const scan = scanJournal(endless, () => {});
  assertEquals([scan.records, scan.tail.kind], [1, "damaged"]);
  assert(bytesRead < 20 * 1024 * 1024, `${bytesRead} bytes were read`);
});

permittedTest("FileStore refuses a file that may not be opened", ["read", "write"], async () => {
  // The superuser may open everything.
  if (Deno.build.os === "windows" || Deno.uid() === 0) return;
  await using folder = await makeTempFolder();
  const path = `${folder.path}/a.json`;
  await Deno.writeTextFile(path, journalOf([{ type: "ended" }]), { mode: 0o400 });
  await assertRejects(() => store.open(path, () => {}), JournalRefused, "does not let this user write it");
});
