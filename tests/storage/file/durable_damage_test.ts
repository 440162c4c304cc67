import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { JournalDamaged } from "../../../lib/errors/opening_errors.ts";
import type { Event } from "../../../lib/journal/event.ts";
import { scanError } from "../../../lib/storage/file/read_journal_file.ts";
import { EMPTY_SCAN } from "../../../lib/storage/file/classify_tail.ts";
import { scanJournal } from "../../../lib/storage/file/scan_journal.ts";
import { openFile, scanPromised } from "../../support/disk/crash_explorer.ts";
import { MemoryDisk } from "../../support/disk/memory_disk.ts";
import { testEvents, testLineLength } from "../../support/test_record.ts";
import { fullOrBrief } from "../../support/test_setting.ts";

const RECORDS = 10;
const SECTOR = 512;
const BYTES = [0, 0x09, 0x0a, 0x5d, 0x2c, 0x7d, 0xff];
const encoder = new TextEncoder();
const submitted = Array.from({ length: RECORDS }, (_, seq) => JSON.stringify(testEvents(seq, paddingOf(seq))));

/** The last record begins with the last byte of a sector: its marker alone may miss. */
function paddingOf(seq: number): number {
  if (seq !== RECORDS - 2) return seq * 7;
  let begin = testLineLength(seq);
  for (let other = 0; other < seq; other += 1) begin += testLineLength(other) + paddingOf(other);
  return SECTOR - 1 - begin % SECTOR;
}

/** Ten records; `rest` takes the filler away. */
function makeJournal(rest: boolean): Uint8Array {
  const disk = new MemoryDisk(new Uint8Array());
  const file = openFile(disk, EMPTY_SCAN);
  file.prepare();
  for (let seq = 0; seq < RECORDS; seq += 1) file.append(testEvents(seq, paddingOf(seq)));
  if (rest) file.finish();
  return disk.bytes.slice();
}

/** Ten records and, of an eleventh, only some sectors. */
function makeTorn(keepsSector: (index: number) => boolean): Uint8Array {
  const before = makeJournal(false);
  const disk = new MemoryDisk(before.slice());
  const scan = scanPromised(disk, submitted);
  openFile(disk, scan).append(testEvents(RECORDS, 1200));
  const after = disk.bytes;
  const torn = before.slice();
  const first = Math.floor(scan.end / SECTOR);
  for (let index = 0; (first + index) * SECTOR < before.length; index += 1) {
    const offset = (first + index) * SECTOR;
    if (keepsSector(index)) torn.set(after.subarray(offset, offset + SECTOR), offset);
  }
  return torn;
}

const JOURNALS: Readonly<Record<string, Uint8Array>> = {
  "at rest": makeJournal(true),
  "with filler": makeJournal(false),
  "with the beginning of a record": makeTorn((index) => index < 2),
  "with a record that has a hole": makeTorn((index) => index !== 1),
  "with a record that lacks its beginning": makeTorn((index) => index > 0),
};

const INTERESTING = fullOrBrief((JOURNALS["at rest"]?.length ?? 0) + 64, 0);

/** The same records, or refused; tells which. */
function isSame(bytes: Uint8Array, what: () => string): boolean {
  try {
    const scan = scanPromised(new MemoryDisk(bytes.slice()), submitted);
    const error = scanError("/journal.json", scan);
    if (error === undefined) {
      assertEquals([scan.records, scan.unknown], [RECORDS, undefined]);
      return true;
    }
    assertInstanceOf(error, JournalDamaged);
    assert(error.line >= 1 && error.line <= RECORDS + 1);
    return false;
  } catch (error) {
    throw new Error(what(), { cause: error });
  }
}

function isSameText(text: string, what: string): boolean {
  return isSame(encoder.encode(text), () => what);
}

for (const [name, journal] of Object.entries(JOURNALS)) {
  Deno.test(`scanJournal() finds the same records or none after any one byte has changed in a journal ${name}`, () => {
    assert(isSame(journal, () => "unchanged"));
    let same = 0;
    // In what is left of a record, and in the filler behind it, places are much alike.
    for (let offset = 0; offset < journal.length; offset += offset < INTERESTING ? 1 : 17) {
      const bytes = journal.slice();
      const before = bytes[offset] ?? 0;
      const values = new Set([...BYTES, ...Array.from({ length: 8 }, (_, bit) => before ^ (1 << bit))]);
      values.delete(before);
      for (const value of values) {
        bytes[offset] = value;
        if (isSame(bytes, () => `byte ${offset} was ${before} and is ${value}`)) same += 1;
      }
    }
    assert(same < journal.length * (BYTES.length + 8), "no change was ever noticed");
  });

  Deno.test(`scanJournal() never finds fewer records in a journal ${name} that was cut off`, () => {
    for (let length = 0; length < journal.length; length += fullOrBrief(1, 17)) {
      const same = isSame(journal.slice(0, length), () => `cut off at ${length}`);
      assert(!same || name !== "at rest", `took the first ${length} bytes for a journal`);
    }
  });
}

Deno.test("scanJournal() refuses a journal whose lines were moved, doubled or taken away", () => {
  for (const journal of [JOURNALS["at rest"], JOURNALS["with filler"]]) {
    const lines = new TextDecoder().decode(journal).split("\n");
    for (let index = 0; index < RECORDS - 1; index += 1) {
      const swapped = lines.with(index, lines[index + 1] ?? "").with(index + 1, lines[index] ?? "");
      assert(!isSameText(swapped.join("\n"), `swapped ${index}`));
      assert(!isSameText(lines.toSpliced(index, 1).join("\n"), `without ${index}`));
      assert(!isSameText(lines.toSpliced(index, 0, lines[index] ?? "").join("\n"), `doubled ${index}`));
    }
    assert(!isSameText(lines.toSpliced(RECORDS - 1, 0, lines[RECORDS - 1] ?? "").join("\n"), "doubled the last"));
  }
});

Deno.test("scanJournal() reads a journal whose last line was taken away as if its record had never been written", () => {
  for (const [name, journal] of Object.entries(JOURNALS).slice(0, 2)) {
    const lines = new TextDecoder().decode(journal).split("\n");
    const scan = scanPromised(new MemoryDisk(encoder.encode(lines.toSpliced(RECORDS - 1, 1).join("\n"))), submitted);
    // The one change that no checksum shows: there is no later record that could miss it. See docs/journal.md.
    assertEquals([scanError("/journal.json", scan), scan.records], [undefined, RECORDS - 1], name);
  }
});

Deno.test("scanJournal() refuses a closing bracket before a record that others follow, however often one looks", () => {
  for (const bytes of Object.values(JOURNALS)) {
    const changed = bytes.slice();
    changed[bytes.indexOf(0x0a, bytes.indexOf(0x0a) + 1) + 1] = 0x5d;
    const disk = new MemoryDisk(changed);
    let scan = EMPTY_SCAN;
    for (let look = 0; look < 3; look += 1) {
      scan = scanJournal(disk, () => {}, { from: scan });
      const { records, tail } = scan;
      assertEquals({ records, tail }, { records: 2, tail: { kind: "damaged", reason: 'does not begin with ","' } });
    }
  }
});

Deno.test("scanJournal() says what is wrong with a line, however much follows it", () => {
  const bytes = new Uint8Array(40e6).fill(0x09);
  bytes.set(JOURNALS["with filler"] ?? []);
  bytes.set(encoder.encode("3"), bytes.indexOf(0x0a) + ',{"seq":1,"at":"'.length + 1);
  const { records, tail } = scanJournal(new MemoryDisk(bytes), () => {});
  const reason = "has a checksum that does not fit its text";
  assertEquals({ records, tail }, { records: 1, tail: { kind: "damaged", reason } });
});

Deno.test("scanJournal() refuses a journal that an editor has written anew", () => {
  const text = new TextDecoder().decode(JOURNALS["at rest"]);
  assert(!isSameText(`\ufeff${text}`, "byte order mark"));
  assert(!isSameText(text.replaceAll("\n", "\r\n"), "CRLF"));
  assert(!isSameText(JSON.stringify(JSON.parse(text), null, 2), "pretty-printed"));
  assert(!isSameText(JSON.stringify(JSON.parse(text)), "on one line"));
  assert(!isSameText(` ${text}`, "indented"));
  assert(!isSameText(`${text}${text}`, "twice"));
});

Deno.test("scanJournal() accepts a newline that an editor has put at the end", () => {
  const text = new TextDecoder().decode(JOURNALS["at rest"]);
  assert(isSameText(`${text}\n`, "newline"));
  assert(isSameText(`${text}\r\n`, "CRLF"));
});

Deno.test("scanJournal() takes no other file for a journal that a crash cut short", () => {
  const archive = new Uint8Array(4096).fill(0);
  archive.set(encoder.encode("x".repeat(1024)));
  for (const bytes of [archive, new Uint8Array(), encoder.encode("[]"), encoder.encode("[]\n"), encoder.encode("{}")]) {
    const error = scanError("/journal.json", scanPromised(new MemoryDisk(bytes), []));
    assertInstanceOf(error, JournalDamaged);
    assertEquals(error.line, 1);
  }
});

/** The format's own words, as values may contain them. */
const WORDS = [
  `,"sum":"${"A".repeat(43)}"}`,
  ',"sum":"s"},',
  '[{"seq":0,"at":"',
  ',{"seq":1,"events":[{"type":"finished"}]}]',
  "\t\t\n]\0",
];

/** What a value looks like in a line if it is an object: not escaped a second time. */
function framingEvents(count: number, padding: number): readonly Event[] {
  const row = { id: 1, sum: "s" };
  const hash = { id: 1, sum: "A".repeat(43) };
  const value = {
    rows: Array(count).fill(row),
    hashes: Array(count).fill(hash),
    words: WORDS,
    pad: "x".repeat(padding),
  };
  return [{ type: "signalled", signal: "framing", value }];
}

/** A journal that a crash left, whose last record, without its newline, ends at a multiple of 512 plus `beyond`. */
function makeFraming(count: number, beyond: number): { readonly bytes: Uint8Array; readonly submitted: string[] } {
  const build = (padding: number) => {
    const disk = new MemoryDisk(new Uint8Array());
    const file = openFile(disk, EMPTY_SCAN);
    const records = [testEvents(0), framingEvents(count, padding)];
    file.prepare();
    for (const events of records) file.append(events);
    return { bytes: disk.bytes.slice(), submitted: records.map((events) => JSON.stringify(events)) };
  };
  const end = build(0).bytes.findLastIndex((byte) => byte === 0x0a);
  return build((2 * SECTOR + beyond - (end % SECTOR)) % SECTOR);
}

function scanBytes(bytes: Uint8Array, submitted: readonly string[]): string {
  const { records, tail } = scanPromised(new MemoryDisk(bytes.slice()), submitted);
  return tail.kind === "damaged" ? "refused" : `${records} ${tail.kind}`;
}

Deno.test("scanJournal() refuses a changed newline after any number of texts that look like a checksum", () => {
  for (const count of [0, 1, 40, 63, 64, 65, 70, 1000]) {
    // The bracket, too, may be the last byte of a sector.
    for (const beyond of [0, -1, -2]) {
      const { bytes, submitted } = makeFraming(count, beyond);
      assertEquals(scanBytes(bytes, submitted), "2 closed");
      const newline = bytes.findLastIndex((byte) => byte === 0x0a);
      for (const value of ["X", "]", ",", "}", "\t", "\0"]) {
        const changed = bytes.slice();
        changed[newline] = value.charCodeAt(0);
        assertEquals(scanBytes(changed, submitted), "refused", `${count}, ${beyond}, ${JSON.stringify(value)}`);
      }
    }
  }
});

Deno.test("scanJournal() finds no fewer records after a bit of a value with the format's own words has changed", () => {
  const { bytes, submitted } = makeFraming(70, -2);
  const end = bytes.findLastIndex((byte) => byte === 0x0a) + 1;
  for (let offset = 0; offset <= end; offset += offset < end - 100 ? 13 : 1) {
    for (let bit = 0; bit < 8; bit += 1) {
      const changed = bytes.slice();
      changed[offset] = (changed[offset] ?? 0) ^ (1 << bit);
      const found = scanBytes(changed, submitted);
      assert(found === "refused" || found.startsWith("2 "), `bit ${bit} of byte ${offset}: ${found}`);
    }
  }
});

Deno.test("scanJournal() reads a tail of many texts that look like a checksum once, not once for each", () => {
  // Each of them hashed from the beginning would take an hour.
  const { bytes, submitted } = makeFraming(90_000, -1);
  const changed = bytes.slice();
  changed[bytes.findLastIndex((byte) => byte === 0x0a)] = "X".charCodeAt(0);
  assertEquals(scanBytes(changed, submitted), "refused");
});
