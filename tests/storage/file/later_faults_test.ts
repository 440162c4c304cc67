import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { JournalUnwritable, StorageFull } from "../../../lib/errors/storage_errors.ts";
import type { Event } from "../../../lib/journal/event.ts";
import { encodeEvents } from "../../../lib/journal/encode_record.ts";
import type { JournalFile } from "../../../lib/storage/file/journal_file.ts";
import { EMPTY_SCAN } from "../../../lib/storage/file/classify_tail.ts";
import { openFile, scanPromised } from "../../support/disk/crash_explorer.ts";
import { SimulatedDisk } from "../../support/disk/simulated_disk.ts";
import { testEvents } from "../../support/test_record.ts";

/** The life of a journal that lets the process go on while the disk works, up to the first error. */
class Life {
  readonly disk = new SimulatedDisk(512);
  readonly file: JournalFile = openFile(this.disk, EMPTY_SCAN);
  readonly submitted: string[] = [];
  acknowledged = 0;

  /** @param isNamed The file has the journal's name from the beginning. */
  constructor(readonly isNamed: boolean) {}

  async run(): Promise<void> {
    const [first, ...others] = [10, 600, 9000].map((padding, seq) => testEvents(seq, padding));
    if (this.isNamed) {
      await this.file.prepare({ later: true });
      await this.#append(first ?? [], (events) => this.file.appendLater([encodeEvents(events)]));
    } else await this.#append(first ?? [], (events) => this.file.create(events, { later: true }));
    for (const events of others) await this.#append(events, () => this.file.appendLater([encodeEvents(events)]));
    await this.file.finish({ later: true });
  }

  async #append(events: readonly Event[], append: (events: readonly Event[]) => void | Promise<void>): Promise<void> {
    this.submitted.push(encodeEvents(events));
    await append(events);
    this.acknowledged += 1;
  }
}

Deno.test("JournalFile syncs before it says so, also when it does not block", async (t) => {
  for (const isNamed of [true, false]) {
    await t.step(
      isNamed ? "in a file that has the journal's name" : "before the file has it",
      () => checkSyncs(isNamed),
    );
  }
});

async function checkSyncs(isNamed: boolean): Promise<void> {
  const life = new Life(isNamed);
  life.disk.fault = (call) => {
    // What was said to be durable must be, whenever the next thing is done.
    const { durable } = life.disk.state();
    const text = new TextDecoder().decode(durable);
    for (let seq = 0; seq < life.acknowledged; seq += 1) assert(text.includes(`record ${seq} `), `${call}: ${seq}`);
    return undefined;
  };
  await life.run();
  const { calls } = life.disk;
  assertEquals([calls.syncLater, calls.syncDataLater, calls.sync], [2, isNamed ? 3 : 2, 0]);
  assertEquals(life.disk.state().durable, life.disk.view);
}

Deno.test("JournalFile is poisoned by any error of the disk, also when it does not block", async (t) => {
  for (const isNamed of [true, false]) {
    await t.step(
      isNamed ? "in a file that has the journal's name" : "before the file has it",
      () => checkFaults(isNamed),
    );
  }
});

async function checkFaults(isNamed: boolean): Promise<void> {
  const whole = new Life(isNamed);
  await whole.run();
  const count = Object.values(whole.disk.calls).reduce((sum, calls) => sum + calls, 0);
  assert(count >= 9, `${count} calls`);
  for (let call = 1; call <= count; call += 1) {
    const life = new Life(isNamed);
    life.disk.fault = (_name, number) => number === call ? { kind: "error", code: "EIO", short: false } : undefined;
    const error = await assertRejects(() => life.run(), JournalUnwritable);
    assertEquals(error.message.includes("EIO"), true, error.message);
    const { write } = life.disk.calls;
    assertEquals(await assertRejects(() => life.file.appendLater([encodeEvents(testEvents(0))])), error);
    assertEquals(life.disk.calls.write, write);
    if (life.acknowledged === 0) continue;
    assert(scanPromised(life.disk, life.submitted).records >= life.acknowledged, `call ${call}`);
  }
}

Deno.test("JournalFile tells that there is no room for a new journal, also when it does not block", async () => {
  const disk = new SimulatedDisk(512);
  disk.fault = (call) => call === "write" ? { kind: "error", code: "ENOSPC", short: false } : undefined;
  assertInstanceOf(
    await assertRejects(async () => await openFile(disk, EMPTY_SCAN).prepare({ later: true })),
    StorageFull,
  );
  assertInstanceOf(
    await assertRejects(async () => await openFile(disk, EMPTY_SCAN).create(testEvents(0), { later: true })),
    StorageFull,
  );
});
