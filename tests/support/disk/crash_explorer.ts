import { assert, assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { type FillerSizes, JournalFile } from "../../../lib/storage/file/journal_file.ts";
import type { Scan } from "../../../lib/storage/file/classify_tail.ts";
import { scanJournal } from "../../../lib/storage/file/scan_journal.ts";
import type { SeededRandom } from "../seeded_random.ts";
import { testEvents, testNow } from "../test_record.ts";
import { visitCrashImages } from "./crash_images.ts";
import { hashImage } from "./hash_image.ts";
import { MemoryDisk } from "./memory_disk.ts";
import { type DiskState, SimulatedDisk } from "./simulated_disk.ts";

const LITTLE_FILLER: FillerSizes = { min: 1024, max: 4096 };

/** What a journal promised to its writer. */
export interface Promised {
  /** How many records were acknowledged: at least these must be found again. */
  readonly acknowledged: number;
  /** The events of all records that were handed to it, as JSON text: no others may be found. */
  readonly submitted: readonly string[];
}

/** How far an explorer goes. */
export interface CrashExplorerOptions {
  /** The source of chance. */
  readonly chance: SeededRandom;
  /** Up to this number of combinations of sectors, all are tried. */
  readonly exhaustive: number;
  /** One of this number of recoveries is itself interrupted, at each of its operations. */
  readonly oneRecoveryOf: number;
  /** How much filler the journals have; little unless given, because each image is a copy of all of it. */
  readonly filler?: FillerSizes;
}

/** Recovers every file that a crash may leave, and checks that nothing that was promised is missing from it. */
export class CrashExplorer {
  /** The options. */
  readonly options: CrashExplorerOptions;
  /** The first thing that was wrong. */
  failure: unknown;
  /** How many of the images were left by a crash in a recovery. */
  imagesOfRecoveries = 0;
  /** How many records were found in an image. The same image can be reached in many ways. */
  readonly #found = new Map<number, number>();
  /** Files as a recovery leaves them, each checked once, by last checksum and length. */
  readonly #recovered = new Map<string, Uint8Array>();

  /** Starts with no image. */
  constructor(options: CrashExplorerOptions) {
    this.options = options;
  }

  /** How many distinct images were recovered. */
  get images(): number {
    return this.#found.size;
  }

  /** Checks all images that a crash in this state of the disk may leave. */
  explore(state: DiskState, promised: Promised): void {
    const { chance, exhaustive } = this.options;
    visitCrashImages(state, { chance, exhaustive, random: 16 }, (image) => {
      const copy = chance.below(this.options.oneRecoveryOf) === 0 ? image.slice() : undefined;
      const isNew = this.#check(image, promised);
      if (isNew && copy !== undefined) this.#crashInRecovery(state.sectorBytes, copy, promised);
    });
  }

  /** Tells whether the image was a new one. */
  #check(image: Uint8Array, promised: Promised): boolean {
    const key = hashImage(image);
    const known = this.#found.get(key);
    try {
      const found = known ?? this.#recover(image, promised);
      this.#found.set(key, found);
      if (found < promised.acknowledged) throw new Error(`Lost: ${found} of ${promised.acknowledged} records are left`);
      if (found > promised.submitted.length) throw new Error(`Invented: ${found} of ${promised.submitted.length}`);
    } catch (error) {
      // The journal, in whose call this happens, would take it for a fault of the disk.
      this.failure ??= error;
      throw error;
    }
    return known === undefined;
  }

  /** The image is scanned, repaired, opened again, appended to and brought to rest; all in its own bytes. */
  #recover(image: Uint8Array, promised: Promised): number {
    const disk = new MemoryDisk(image);
    const scan = scanPromised(disk, promised.submitted);
    // An empty file says so; it can only be one that nothing was ever promised of.
    if (scan.tail.kind === "damaged" && image.length > 0) throw new Error(`Refused: the line ${scan.tail.reason}`);
    if (scan.records === 0) return 0;
    openFile(disk, scan, this.options.filler).repair(scan);
    const key = `${scan.lastSum} ${disk.size()}`;
    const known = this.#recovered.get(key);
    if (known === undefined) {
      this.#recovered.set(key, disk.bytes.slice());
      checkRecovered(disk, scan, promised.submitted, this.options.filler);
    } else if (Buffer.compare(known, disk.bytes) !== 0) {
      throw new Error("Recovered the same records to another file");
    }
    return scan.records;
  }

  #crashInRecovery(sectorBytes: number, image: Uint8Array, promised: Promised): void {
    const disk = new SimulatedDisk(sectorBytes, image);
    const scan = scanPromised(disk, promised.submitted);
    if (scan.records === 0) return;
    const explore = (still: Promised) => {
      const { chance } = this.options;
      visitCrashImages(disk.state(), { chance, exhaustive: 64, random: 4 }, (later) => {
        if (this.#check(later, still)) this.imagesOfRecoveries += 1;
      });
    };
    disk.changed = () => explore(promised);
    openFile(disk, scan, this.options.filler).repair(scan);
    // From here on the transaction continues with what was found.
    explore({ ...promised, acknowledged: scan.records });
  }
}

/** Scans a journal whose records must be the submitted ones, in order. */
export function scanPromised(disk: MemoryDisk | SimulatedDisk, submitted: readonly string[]): Scan {
  return scanJournal(disk, (record) => {
    const text = JSON.stringify(record.events);
    if (text !== submitted[record.seq]) throw new Error(`Invented record ${record.seq}: ${text.slice(0, 100)}`);
  });
}

/** Continues a journal that no other process takes over. */
export function openFile(
  disk: MemoryDisk | SimulatedDisk,
  scan: Scan,
  filler: FillerSizes = LITTLE_FILLER,
): JournalFile {
  return new JournalFile(disk, scan, { journal: "/journal.json", now: testNow, checkOwner: () => {}, filler });
}

function checkRecovered(disk: MemoryDisk, before: Scan, submitted: readonly string[], filler?: FillerSizes): void {
  const scan = scanPromised(disk, submitted);
  assertEquals({ ...scan, lastLine: [] }, { ...before, lastLine: [], tail: { kind: "closed" } });
  assertEquals(JSON.parse(new TextDecoder().decode(disk.bytes)).length, scan.records);
  const again = openFile(disk, scan, filler);
  const events = testEvents(scan.records, 900);
  again.append(events);
  again.finish();
  const after = scanPromised(disk, [...submitted.slice(0, scan.records), JSON.stringify(events)]);
  assertEquals([after.records, after.tail.kind], [scan.records + 1, "closed"]);
  assert(disk.bytes.at(-1) === "]".charCodeAt(0));
}
