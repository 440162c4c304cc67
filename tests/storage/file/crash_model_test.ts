import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { JournalUnwritable } from "../../../lib/errors/storage_errors.ts";
import type { Event } from "../../../lib/journal/event.ts";
import { EMPTY_SCAN } from "../../../lib/storage/file/classify_tail.ts";
import { scanJournal } from "../../../lib/storage/file/scan_journal.ts";
import { openFile } from "../../support/disk/crash_explorer.ts";
import { visitCrashImages } from "../../support/disk/crash_images.ts";
import { SimulatedDisk } from "../../support/disk/simulated_disk.ts";
import { SeededRandom } from "../../support/seeded_random.ts";
import { fullOrBrief, testSetting } from "../../support/test_setting.ts";

const SEED = testSetting("TEST_SEED", 1);
const EFFORT = testSetting("TEST_EFFORT", 1);

/** One append, and where in it the power goes off: before the so-manieth call to the disk, if there are so many. */
interface Move {
  readonly events: readonly Event[];
  readonly cutAt: number;
  readonly chance: number;
}

const event: fc.Arbitrary<Event> = fc.oneof(
  fc.record({ type: fc.constant("signalled" as const), signal: fc.string({ maxLength: 50 }), value: fc.jsonValue() })
    .map(({ type, signal, value }) => ({ type, signal, value: JSON.parse(JSON.stringify(value)) })),
  fc.nat(4000).map((length) => ({ type: "signalled" as const, signal: "long", value: "ä".repeat(length) })),
  fc.integer({ min: 1, max: 9 }).map((attempt) => ({ type: "started" as const, step: "1.2", attempt, run: 1 })),
);
const move: fc.Arbitrary<Move> = fc.record({
  events: fc.array(event, { minLength: 1, maxLength: 3 }),
  cutAt: fc.nat(8),
  chance: fc.nat(),
});

/** The disk as one of the images that a power cut may leave. */
function afterPowerCut(disk: SimulatedDisk, sectorBytes: number, seed: number): SimulatedDisk {
  const images: Uint8Array[] = [];
  const chance = new SeededRandom(seed);
  visitCrashImages(disk.state(), { exhaustive: 32, random: 8, chance }, (image) => images.push(image));
  return new SimulatedDisk(sectorBytes, images[chance.below(images.length)]);
}

/** Appends; tells whether the power stayed on. */
function makeMove(disk: SimulatedDisk, { events, cutAt }: Move): boolean {
  const scan = scanJournal(disk, () => {});
  const file = openFile(disk, scan);
  const { write } = disk.calls;
  let calls = 0;
  disk.fault = () => (calls += 1) === cutAt ? { kind: "killed" } : undefined;
  try {
    if (scan.records === 0) file.prepare();
    else file.repair(scan);
    file.append(events);
    assert(disk.calls.write > write);
    return true;
  } catch (error) {
    if (error instanceof JournalUnwritable) return false;
    throw error;
  } finally {
    disk.fault = undefined;
  }
}

function readTexts(disk: SimulatedDisk): readonly string[] {
  const texts: string[] = [];
  const scan = scanJournal(disk, (record) => texts.push(JSON.stringify(record.events)));
  if (disk.size() > 0) assert(scan.tail.kind !== "damaged", JSON.stringify(scan.tail));
  return texts;
}

function runMoves(sectorBytes: number, moves: readonly Move[]): void {
  let disk = new SimulatedDisk(sectorBytes);
  let model: readonly string[] = [];
  for (const next of moves) {
    // A file without a record is made anew, as its creator is gone.
    if (model.length === 0) disk = new SimulatedDisk(sectorBytes);
    const withNext = [...model, JSON.stringify(next.events)];
    if (makeMove(disk, next)) {
      model = withNext;
      continue;
    }
    disk = afterPowerCut(disk, sectorBytes, next.chance);
    const found = readTexts(disk);
    assertEquals(found, found.length > model.length ? withNext : model);
    model = found;
  }
  assertEquals(readTexts(disk), model);
}

Deno.test(`JournalFile agrees with a list of records over any appends and power cuts, seed ${SEED}`, () => {
  assertEquals(EMPTY_SCAN.records, 0);
  fc.assert(
    fc.property(fc.constantFrom(512, 4096), fc.array(move, { minLength: 1, maxLength: 12 }), runMoves),
    { seed: SEED, numRuns: fullOrBrief(300, 20) * EFFORT },
  );
});
