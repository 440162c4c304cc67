import { assert, assertEquals } from "@std/assert";
import { decodeLine } from "../../lib/journal/decode_line.ts";
import { encodeRecord } from "../../lib/journal/encode_record.ts";
import type { Scan } from "../../lib/storage/file/classify_tail.ts";
import { scanJournal } from "../../lib/storage/file/scan_journal.ts";
import { MemoryDisk } from "../support/disk/memory_disk.ts";
import { EVERY_EVENT } from "../support/every_event.ts";
import { formatWords } from "../support/format_words.ts";
import { permittedTest } from "../support/permitted_test.ts";
import { lineOf, TEST_TIME } from "../support/test_record.ts";

const FOLDER = new URL("./golden/", import.meta.url);
/** Journals are made once for each format and never changed; a new one is added to this list. */
const NAMES = [
  "format_1_database",
  "format_1_full",
  "format_1_minimal",
  "format_1_queued",
  "format_1_reclaimed",
  "format_1_requests",
  "format_1_retried",
  "format_1_rollback",
  "format_1_values",
];

function readRecords(bytes: Uint8Array): { readonly scan: Scan; readonly records: readonly unknown[] } {
  const records: unknown[] = [];
  const scan = scanJournal(new MemoryDisk(bytes), (record) => {
    assertEquals([record.seq, record.at], [records.length, TEST_TIME]);
    records.push(record.events);
  });
  return { scan, records };
}

/** All keys anywhere in a value, below the type of the event that it belongs to. */
function listKeys(value: unknown, type: string, into: Set<string>): void {
  if (typeof value !== "object" || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    if (!Array.isArray(value)) into.add(`${type}.${key}`);
    listKeys(member, type, into);
  }
}

for (const name of NAMES) {
  permittedTest(`scanJournal() reads the golden journal ${name}`, ["read"], async () => {
    const bytes = await Deno.readFile(new URL(`${name}.json`, FOLDER));
    const { scan, records } = readRecords(bytes);
    assertEquals(records, JSON.parse(await Deno.readTextFile(new URL(`${name}.events.json`, FOLDER))));
    assertEquals([scan.tail, scan.unknown, scan.end], [{ kind: "closed" }, undefined, bytes.length - 1]);
  });

  permittedTest(`encodeRecord() writes the golden journal ${name} again, byte by byte`, ["read"], async () => {
    const text = await Deno.readTextFile(new URL(`${name}.json`, FOLDER));
    let again = "";
    let sum = "";
    for (const [seq, line] of text.split("\n").slice(0, -1).entries()) {
      const decoded = decodeLine(new TextEncoder().encode(line), seq, sum);
      assert("record" in decoded);
      const encoded = encodeRecord(decoded.record, sum);
      again += lineOf(encoded);
      sum = encoded.sum;
    }
    assertEquals(`${again}]`, text);
  });
}

permittedTest("the golden journals hold every type of event with every member", ["read"], async () => {
  const golden = new Set<string>();
  for (const name of NAMES) {
    for (const events of readRecords(await Deno.readFile(new URL(`${name}.json`, FOLDER))).records) {
      for (const event of Array.isArray(events) ? events : []) listKeys(event, event.type, golden);
    }
  }
  const known = new Set<string>();
  for (const event of EVERY_EVENT) listKeys(event, event.type, known);
  assertEquals([...known].filter((key) => !golden.has(key)), []);
});

permittedTest("the golden journals hold every key that the validator knows", ["read"], async () => {
  const keys = await formatWords();
  const golden = (await Promise.all(NAMES.map((name) => Deno.readTextFile(new URL(`${name}.json`, FOLDER))))).join("");
  assert(keys.length >= 90);
  const isWord = (key: string) =>
    new RegExp(`"(?:type|kind|decision|for|interrupted|onFailure|request)":"${key}"`).test(golden);
  assert(["opened", "planned"].every(isWord));
  assertEquals(keys.filter((key) => !isWord(key) && !golden.includes(`"${key}":`)), []);
});
