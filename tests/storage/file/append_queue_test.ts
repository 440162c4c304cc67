import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { JournalUnwritable } from "../../../lib/errors/storage_errors.ts";
import { AppendQueue } from "../../../lib/storage/file/append_queue.ts";
import type { Disk } from "../../../lib/storage/file/disk.ts";
import { JournalFile } from "../../../lib/storage/file/journal_file.ts";
import { EMPTY_SCAN } from "../../../lib/storage/file/classify_tail.ts";
import { scanJournal } from "../../../lib/storage/file/scan_journal.ts";
import { MemoryDisk } from "../../support/disk/memory_disk.ts";
import { SimulatedDisk } from "../../support/disk/simulated_disk.ts";
import { testEvents, testLineLength, testNow } from "../../support/test_record.ts";

const MEBIBYTE = 1024 * 1024;

function newQueue(isAlone: boolean): { readonly disk: SimulatedDisk; readonly queue: AppendQueue } {
  return newQueueOn(new SimulatedDisk(4096), isAlone);
}

function newQueueOn<D extends Disk>(disk: D, isAlone: boolean): { readonly disk: D; readonly queue: AppendQueue } {
  const file = new JournalFile(disk, EMPTY_SCAN, { journal: "/journal.json", now: testNow, checkOwner: () => {} });
  file.prepare();
  return { disk, queue: new AppendQueue(file, () => isAlone) };
}

/** The signals of all events, record by record. */
function readSignals(disk: Disk): readonly (readonly unknown[])[] {
  const records: unknown[][] = [];
  const scan = scanJournal(disk, (record) => {
    records.push(record.events.map((event) => event.type === "signalled" ? event.signal : event.type));
  });
  assertEquals(scan.tail.kind, "closed");
  return records;
}

Deno.test("AppendQueue needs one sync for each append that comes alone", async () => {
  const { disk, queue } = newQueue(true);
  for (let seq = 0; seq < 1000; seq += 1) {
    await queue.append(testEvents(seq, 200 - testLineLength(seq)), {});
  }
  assertEquals(readSignals(disk).length, 1000);
  assert(disk.syncs <= 1005, `${disk.syncs} syncs`);
});

Deno.test("AppendQueue lets events that arrive during a sync share the next one", async () => {
  const { disk, queue } = newQueue(true);
  const appends = Array.from({ length: 1000 }, (_, index) => queue.append(testEvents(index), { stepsInFlight: 100 }));
  await Promise.all(appends);
  const records = readSignals(disk);
  assertEquals(records.flat(), Array.from({ length: 1000 }, (_, index) => `record ${index} ü`));
  assert(disk.syncs < 20, `${disk.syncs} syncs`);
});

Deno.test("AppendQueue never blocks while another journal is open", async () => {
  const { disk, queue } = newQueue(false);
  await queue.append(testEvents(0), {});
  assertEquals([disk.calls.syncData, disk.calls.syncDataLater], [0, 1]);
});

Deno.test("AppendQueue shares no record that would become too long", async () => {
  const { disk, queue } = newQueueOn(new MemoryDisk(new Uint8Array()), false);
  const paddings = [10, 7 * MEBIBYTE, 7 * MEBIBYTE, 12 * MEBIBYTE, 10, 10];
  await Promise.all(paddings.map((padding, index) => queue.append(testEvents(index, padding), {})));
  assertEquals(readSignals(disk).map((record) => record.length), [1, 1, 1, 1, 2]);
});

Deno.test("AppendQueue counts the bytes that events take in the file", async () => {
  const { disk, queue } = newQueueOn(new MemoryDisk(new Uint8Array()), false);
  const value = "\u202e".repeat(MEBIBYTE);
  const appends = [0, 1, 2, 3, 4].map((index) => queue.append([{ type: "signalled", signal: `${index}`, value }], {}));
  await Promise.all(appends);
  assertEquals(readSignals(disk).map((record) => record.length), [1, 1, 1, 1, 1]);
});

Deno.test("AppendQueue tells all who wait when the disk has failed", async () => {
  const { disk, queue } = newQueue(false);
  disk.fault = (call) => call === "syncDataLater" ? { kind: "error", code: "EIO", short: false } : undefined;
  const appends = [0, 1, 2].map((index) => queue.append(testEvents(index), {}));
  for (const append of appends) await assertRejects(() => Promise.resolve(append), JournalUnwritable);
  disk.fault = undefined;
  await assertRejects(() => Promise.resolve(queue.append(testEvents(3), {})), JournalUnwritable);
  await queue.settle();
  assertEquals(disk.calls.syncDataLater, 1);
});

Deno.test("AppendQueue throws at once when a blocking append fails", () => {
  const { disk, queue } = newQueue(true);
  disk.fault = () => ({ kind: "error", code: "EIO", short: false });
  assertThrows(() => queue.append(testEvents(0), {}), JournalUnwritable);
});

/** Makes the next `count` syncs slow, without waiting for a timer. */
function slowDown(disk: SimulatedDisk, count: number): void {
  let left = count;
  disk.fault = (call) => {
    if (!call.startsWith("sync") || left === 0) return undefined;
    left -= 1;
    const begin = performance.now();
    while (performance.now() - begin < 2);
    return undefined;
  };
}

Deno.test("AppendQueue does not block after three slow syncs in a row", async () => {
  const { disk, queue } = newQueue(true);
  slowDown(disk, 10);
  for (let seq = 0; seq < 10; seq += 1) await queue.append(testEvents(seq), {});
  assertEquals([disk.calls.syncData, disk.calls.syncDataLater], [3, 7]);
});
