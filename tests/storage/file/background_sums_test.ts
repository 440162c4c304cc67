import { assert, assertEquals, assertThrows } from "@std/assert";
import { checkJournal } from "../../../lib/inspect/data/check_journal.ts";
import { encodeRecord } from "../../../lib/journal/encode_record.ts";
import type { Event } from "../../../lib/journal/event.ts";
import { SUM_WORKER, SumRing } from "../../../lib/storage/file/background_sums.ts";
import { FileStore } from "../../../lib/storage/file/file_store.ts";
import { scanJournal } from "../../../lib/storage/file/scan_journal.ts";
import { MemoryDisk } from "../../support/disk/memory_disk.ts";
import { inFolder } from "../../support/in_folder.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { runCli, runDeno } from "../../support/run_deno.ts";
import { SeededRandom } from "../../support/seeded_random.ts";
import { TEST_TIME } from "../../support/test_record.ts";

const STEPS = 5_000;
const MISFIT = "has a checksum that does not fit its text";
const HOME = "file:///srv/steps.ts";
const encoder = new TextEncoder();

/** The records of a transaction whose steps return large values. */
function* largeEvents(): Generator<readonly Event[]> {
  yield [
    { type: "opened", format: 1, id: "1", library: "0.1.0", home: HOME, modules: [{ url: HOME }], options: {} },
    {
      type: "planned",
      nodes: Array.from(
        { length: STEPS },
        (_, at) => ({ id: `${at + 1}`, kind: "step", module: 0, export: "a" } as const),
      ),
    },
    { type: "ready", nodes: STEPS },
    { type: "started", step: "1", attempt: 1, run: 1 },
  ];
  const value = "x".repeat(7800);
  for (let step = 1; step < STEPS; step += 1) {
    yield [
      { type: "finished", step: `${step}`, attempt: 1, ms: 0.25, ...(step % 2 === 0 ? { value } : {}) },
      { type: "started", step: `${step + 1}`, attempt: 1, run: 1 },
    ];
  }
}

/** A large journal at rest, and where its lines begin. */
function makeLarge(): { readonly bytes: Uint8Array; readonly starts: readonly number[] } {
  const parts: Uint8Array[] = [];
  const starts: number[] = [];
  let length = 0;
  let sum = "";
  for (const events of largeEvents()) {
    const encoded = encodeRecord({ seq: parts.length, at: TEST_TIME, events }, sum);
    sum = encoded.sum;
    starts.push(length);
    const line = encoded.bytes.subarray(0, -1);
    parts.push(line);
    length += line.length;
  }
  const bytes = new Uint8Array(length + 1);
  for (const [index, part] of parts.entries()) bytes.set(part, starts[index]);
  bytes[length] = 0x5d;
  return { bytes, starts };
}

const LARGE = makeLarge();
assert(LARGE.bytes.length > 20e6, "Large is what another thread is started for");

/** The journal with one line changed, which is of the same form still. */
function damage(line: number): Uint8Array {
  const bytes = LARGE.bytes.slice();
  const [start = 0, end = bytes.length] = LARGE.starts.slice(line, line + 2);
  const text = new TextDecoder().decode(bytes.subarray(start, end));
  bytes.set(encoder.encode(text.replace('"attempt":1', '"attempt":2')), start);
  return bytes;
}

permittedTest("scanJournal() reads a large journal whole", ["read"], () => {
  const seen: number[] = [];
  const { records, end, tail } = scanJournal(new MemoryDisk(LARGE.bytes), ({ seq }) => void seen.push(seq));
  assertEquals({ records, end, tail }, { records: STEPS, end: LARGE.bytes.length - 1, tail: { kind: "closed" } });
  assertEquals(seen, Array.from({ length: STEPS }, (_, index) => index));
});

permittedTest("scanJournal() finds a damaged line of a large journal, wherever it is", ["read"], () => {
  const seed = Date.now() % 1e9;
  const random = new SeededRandom(seed);
  const places = [0, 1, STEPS - 2, STEPS - 1, ...Array.from({ length: 8 }, () => 1 + random.below(STEPS - 2))];
  for (const place of places) {
    const { records, end, tail } = scanJournal(new MemoryDisk(damage(place)), () => {});
    assertEquals(
      { records, end, tail },
      { records: place, end: LARGE.starts[place], tail: { kind: "damaged", reason: MISFIT } },
      `seed ${seed}, line ${place}`,
    );
  }
});

permittedTest("scanJournal() blames the damage for what is thrown because of it, and nothing else", ["read"], () => {
  const refuse = (limit: number) => ({ seq }: { readonly seq: number }) => {
    if (seq >= limit) throw new Error("it contradicts what is before it");
  };
  // Lines are passed to the other thread in parts. Most of these lines are in a part that has not been passed yet.
  for (const at of [300, 301, 302, 303, 304, 305]) {
    assertEquals(scanJournal(new MemoryDisk(damage(at)), refuse(at)).tail, { kind: "damaged", reason: MISFIT });
  }
  const damaged = new MemoryDisk(damage(3000));
  assertEquals(scanJournal(damaged, refuse(3000)).tail, { kind: "damaged", reason: MISFIT });
  assertEquals(scanJournal(damaged, refuse(4500)).tail, { kind: "damaged", reason: MISFIT });
  assertThrows(() => scanJournal(damaged, refuse(2999)), Error, "it contradicts what is before it");
  assertThrows(
    () => scanJournal(new MemoryDisk(LARGE.bytes), refuse(4500)),
    Error,
    "it contradicts what is before it",
  );
});

Deno.test("scanJournal() passes on nothing after damage to a caller that uses it at once", () => {
  let count = 0;
  const add = () => void (count += 1);
  const { records } = scanJournal(new MemoryDisk(damage(3000)), add, { verifiesFirst: true });
  assertEquals([records, count], [3000, 3000]);
});

permittedTest(
  "the command line reads a large journal the same without the permission for another thread",
  ["read", "write", "run"],
  () =>
    inFolder({}, async (folder) => {
      const journal = `${folder}/j.json`;
      for (const bytes of [LARGE.bytes, damage(3456)]) {
        await Deno.writeFile(journal, bytes);
        const all = await runCli(["inspect", "--json", journal]);
        const one = await runCli(["inspect", "--json", journal], { flags: [`--allow-read=${journal}`] });
        assertEquals(one, all);
        assertEquals(all.code, bytes === LARGE.bytes ? 0 : 65);
        assertEquals(all.stderr.includes(`line 3457: the line ${MISFIT}`), bytes !== LARGE.bytes, all.stderr);
      }
      // What is written while it is read is verified before.
      const { code, stdout } = await runCli(["inspect", "--events", "--json", journal]);
      assertEquals(code, 65);
      assert(!stdout.includes('"seq":3456'), "The damaged record was shown");
    }),
);

permittedTest(
  "checkJournal() counts nothing after damage, and reports none of it as a fault",
  ["read", "write"],
  () =>
    inFolder({}, async (folder) => {
      const journal = `${folder}/j.json`;
      const bytes = LARGE.bytes.slice();
      // A type of event that a newer version might have.
      bytes.set(
        encoder.encode("x"),
        (LARGE.starts[3456] ?? 0) + '[{"seq":3456,"at":"","events":[{"type":"'.length + 24,
      );
      await Deno.writeFile(journal, bytes);
      const { records, faults } = await checkJournal(new FileStore(), journal);
      assertEquals({ records, faults }, { records: 3456, faults: [{ line: 3457, reason: `the line ${MISFIT}` }] });
    }),
);

permittedTest(
  "a program that has read a large journal ends",
  ["read", "write", "run"],
  () =>
    inFolder({}, async (folder) => {
      await Deno.writeFile(`${folder}/j.json`, LARGE.bytes);
      const program = import.meta.resolve("../../support/programs/inspect_program.ts");
      const { code, stdout, stderr } = await runDeno(program, [`${folder}/j.json`], { wrapper: ["timeout", "60"] });
      assertEquals([code, stdout, stderr], [0, `interrupted, ${STEPS} steps\n`, ""]);
    }),
);

permittedTest("SUM_WORKER finds a checksum that does not hold", ["read"], async () => {
  const ring = new SumRing();
  const [start = 0, end = 0] = LARGE.starts.slice(5, 7);
  assert(ring.put(LARGE.bytes.subarray(start, end), "a".repeat(43)));
  const worker = new Worker(SUM_WORKER.module, { type: "module", name: SUM_WORKER.name });
  worker.postMessage(ring.memory);
  while (!ring.hasFault) await new Promise((resolve) => setTimeout(resolve, 1));
  ring.close();
  worker.terminate();
});

Deno.test("SumRing verifies what was put, in any number of rounds, and takes no more than it has room for", () => {
  const ring = new SumRing();
  const other = new SumRing(ring.memory);
  const [start = 0, end = 0] = LARGE.starts.slice(5, 7);
  const lines = LARGE.bytes.subarray(start, end);
  const before = new TextDecoder().decode(LARGE.bytes.subarray(start - 46, start - 3));
  for (let round = 0; round < 5; round += 1) {
    let count = 0;
    while (ring.put(lines, before)) count += 1;
    assert(count > 10);
    assertEquals([other.verify(), other.verify(), ring.hasFault], [true, false, false]);
  }
  assertEquals(ring.put(LARGE.bytes, before), false);
  assertEquals(ring.put(lines, ""), false);
  const changed = lines.slice();
  changed[30] = 0x21;
  assertEquals([ring.put(lines, before), ring.put(changed, before), ring.put(lines, before)], [true, true, true]);
  assertEquals([other.verify(), ring.hasFault, other.hasFault], [true, true, true]);
});
