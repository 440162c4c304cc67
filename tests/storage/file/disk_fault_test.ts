import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { JournalUnwritable, StorageFull } from "../../../lib/errors/storage_errors.ts";
import type { JournalFile } from "../../../lib/storage/file/journal_file.ts";
import { EMPTY_SCAN } from "../../../lib/storage/file/classify_tail.ts";
import { CrashExplorer, openFile, scanPromised } from "../../support/disk/crash_explorer.ts";
import { type DiskFault, SimulatedDisk } from "../../support/disk/simulated_disk.ts";
import { SeededRandom } from "../../support/seeded_random.ts";
import { testEvents } from "../../support/test_record.ts";
import { testSetting } from "../../support/test_setting.ts";

const SEED = testSetting("TEST_SEED", 1);
/** Padding of the records; the fourth needs the file to grow. */
const PADDINGS = [10, 600, 0, 9000, 1500];

interface Trial {
  readonly call: number;
  readonly code: "EIO" | "ENOSPC";
  readonly forEver: boolean;
  readonly short: boolean;
}

/** A journal's life up to the first error. */
class Life {
  readonly disk = new SimulatedDisk(512);
  readonly submitted: string[] = [];
  acknowledged = 0;
  file: JournalFile = openFile(this.disk, EMPTY_SCAN);
  /** What the file contained before the operation that failed. */
  before: Uint8Array = new Uint8Array();

  run(): void {
    this.#do(() => this.file.prepare());
    for (const padding of PADDINGS) this.#append(padding);
    this.#do(() => this.file.finish());
    this.#reopen();
    this.#append(700);
    this.#do(() => this.file.finish());
  }

  #append(padding: number): void {
    const events = testEvents(this.submitted.length, padding);
    this.submitted.push(JSON.stringify(events));
    this.#do(() => this.file.append(events));
    this.acknowledged += 1;
  }

  #reopen(): void {
    const scan = scanPromised(this.disk, this.submitted);
    this.file = openFile(this.disk, scan);
    this.#do(() => this.file.repair(scan));
  }

  #do(work: () => void): void {
    this.before = this.disk.view.slice();
    work();
  }
}

function breakDisk(life: Life, trial: Trial): void {
  const { call, code, forEver } = trial;
  // A short write succeeds; the write that goes on behind it is the one that fails.
  const last = trial.short ? call + 1 : call;
  life.disk.fault = (name, count, grows): DiskFault | undefined => {
    if (count < call || (!forEver && count > last)) return undefined;
    // A full disk goes on refusing what makes the file longer; in the file there is room enough.
    if (code === "ENOSPC" && (name !== "write" || (count > last && !grows))) return undefined;
    return { kind: "error", code, short: trial.short && count === call };
  };
}

function countCalls(): number {
  const life = new Life();
  life.run();
  const { write, truncate } = life.disk.calls;
  return write + truncate + life.disk.syncs;
}

function runTrial(explorer: CrashExplorer, trial: Trial): unknown {
  const life = new Life();
  breakDisk(life, trial);
  try {
    life.run();
    return undefined;
  } catch (error) {
    checkAfterwards(explorer, life, trial, error);
    return error;
  }
}

function checkAfterwards(explorer: CrashExplorer, life: Life, trial: Trial, error: unknown): void {
  assertInstanceOf(error, JournalUnwritable);
  if (error instanceof StorageFull) {
    checkFull(explorer, life);
    return;
  }
  assert(trial.code === "EIO", `poisoned by a full disk: ${error.message}`);
  const calls = { ...life.disk.calls };
  assertThrows(() => life.file.append(testEvents(99)), JournalUnwritable);
  assertThrows(() => life.file.append(testEvents(99), { last: true }), JournalUnwritable);
  life.file.finish();
  assertEquals(life.disk.calls, calls, "touched the disk after a fault");
  explore(explorer, life);
  life.disk.fault = undefined;
  if (life.acknowledged === 0) return;
  const scan = scanPromised(life.disk, life.submitted);
  openFile(life.disk, scan).repair(scan);
  life.acknowledged = scan.records;
  explore(explorer, life);
}

function checkFull(explorer: CrashExplorer, life: Life): void {
  explore(explorer, life);
  if (life.acknowledged === 0 && life.submitted.length === 0) return;
  const isAppend = life.submitted.length > life.acknowledged;
  if (!isAppend) {
    // A recovery that found no room has changed nothing that counts.
    assertEquals(scanPromised(life.disk, life.submitted).records, life.acknowledged);
    return;
  }
  assertEquals(withoutFiller(life.disk.view), withoutFiller(life.before));
  const last = testEvents(life.acknowledged, 20);
  life.submitted.splice(life.acknowledged, 1, JSON.stringify(last));
  life.file.append(last, { last: true });
  life.acknowledged += 1;
  explore(explorer, life);
}

/** The room that was made before there was none any more may stay. */
function withoutFiller(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).replace(/\t+$/, "");
}

function explore(explorer: CrashExplorer, life: Life): void {
  explorer.explore(life.disk.state(), { acknowledged: life.acknowledged, submitted: life.submitted });
}

Deno.test("JournalFile survives a fault in any call to the disk", async (test) => {
  const explorer = new CrashExplorer({ chance: new SeededRandom(SEED), exhaustive: 256, oneRecoveryOf: 100 });
  const calls = countCalls();
  const counts = { none: 0, poisoned: 0, full: 0 };
  for (let call = 1; call <= calls; call += 1) {
    for (const code of ["EIO", "ENOSPC"] as const) {
      for (const forEver of [false, true]) {
        for (const short of [false, true]) {
          const error = runTrial(explorer, { call, code, forEver, short });
          counts[error === undefined ? "none" : error instanceof StorageFull ? "full" : "poisoned"] += 1;
        }
      }
    }
  }
  const summary = `${calls} calls: ${JSON.stringify(counts)}, ${explorer.images} images, seed ${SEED}`;
  await test.step(summary, () => assert(counts.poisoned >= calls && counts.full > 0));
});
