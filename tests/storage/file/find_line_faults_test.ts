import { assertEquals } from "@std/assert";
import type { Event } from "../../../lib/journal/event.ts";
import { FileStore } from "../../../lib/storage/file/file_store.ts";
import { findLineFaults } from "../../../lib/storage/file/line_faults.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { SeededRandom } from "../../support/seeded_random.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { testEvents } from "../../support/test_record.ts";
import { testSetting } from "../../support/test_setting.ts";

const RECORDS = 12;
const NEWLINE = 0x0a;

async function makeLines(path: string): Promise<readonly Uint8Array[]> {
  const store = new FileStore();
  const events = (seq: number): readonly Event[] => testEvents(seq, seq * 5);
  const open = await store.create(path, events(0));
  for (let seq = 1; seq < RECORDS; seq += 1) await open.append(events(seq));
  await open.close();
  const text = await Deno.readTextFile(path);
  return text.split("\n").slice(0, RECORDS).map((line) => new TextEncoder().encode(line));
}

function join(lines: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array([...lines.flatMap((line) => [...line, NEWLINE]), 0x5d]);
}

/** Flips one bit of a line so that it stays one line. */
function damage(line: Uint8Array, chance: SeededRandom): Uint8Array {
  for (;;) {
    const [at, bit] = [chance.below(line.length), 1 << chance.below(8)];
    const changed = line.map((byte, index) => (index === at ? byte ^ bit : byte));
    if (!changed.includes(NEWLINE)) return changed;
  }
}

permittedTest("findLineFaults() names exactly the lines in which a bit was flipped", ["read", "write"], async () => {
  const seed = testSetting("TEST_SEED", 20_261_123);
  const chance = new SeededRandom(seed);
  await using folder = await makeTempFolder();
  const path = `${folder.path}/j.json`;
  const lines = await makeLines(path);
  for (let round = 0; round < 300; round += 1) {
    // Two lines in a row could each be the one that is damaged.
    const damaged = lines.flatMap((_, index) => (index % 2 === round % 2 && chance.below(3) === 0 ? [index] : []));
    const bytes = join(lines.map((line, index) => (damaged.includes(index) ? damage(line, chance) : line)));
    await Deno.writeFile(path, bytes);
    const found: number[] = [];
    const count = findLineFaults(path, ({ line }) => found.push(line - 1));
    const what = `seed ${seed}, round ${round}`;
    const isForeign = damaged[0] === 0 && count === 1;
    assertEquals(found, isForeign ? [0] : damaged, what);
    if (!isForeign) assertEquals(count, RECORDS, what);
  }
});
