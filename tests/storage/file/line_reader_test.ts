import { assert, assertEquals } from "@std/assert";
import { LineReader } from "../../../lib/storage/file/line_reader.ts";
import { MemoryDisk } from "../../support/disk/memory_disk.ts";
import { SeededRandom } from "../../support/seeded_random.ts";

const encoder = new TextEncoder();

/** All lines, with the texts that the reader had at hand. */
function readLines(bytes: Uint8Array): { readonly line: Uint8Array; readonly text: string | undefined }[] {
  const reader = new LineReader(new MemoryDisk(bytes), 0);
  const lines: { readonly line: Uint8Array; readonly text: string | undefined }[] = [];
  for (let line = reader.next(); line !== undefined; line = reader.next()) {
    lines.push({ line: line.bytes.slice(), text: line.text });
  }
  return lines;
}

Deno.test("LineReader gives each line, and its text only where it is the same as the bytes", () => {
  const seed = Date.now() % 1e9;
  const random = new SeededRandom(seed);
  const alphabet = ["a", "b", "ä", "€", "😀"];
  for (let round = 0; round < 20; round += 1) {
    // Few of the lines are not ASCII, and some are longer than what is read at a time.
    const kinds = random.below(3) === 0 ? alphabet.length : 2;
    const lines = Array.from({ length: 1 + random.below(400) }, () => {
      const length = random.below(100) === 0 ? random.below(300_000) : random.below(2000);
      return alphabet[random.below(kinds)]?.repeat(length) ?? "";
    });
    const read = readLines(encoder.encode(`${lines.join("\n")}\n]`));
    assertEquals(read.map(({ line }) => new TextDecoder().decode(line)), lines, `seed ${seed}`);
    for (const [index, { text }] of read.entries()) assert(text === undefined || text === lines[index], `seed ${seed}`);
  }
});

Deno.test("LineReader has no text of bytes that are no UTF-8, however many characters they would become", () => {
  const bytes = encoder.encode("one\ntwo\nthree\n]");
  bytes[5] = 0xff;
  assertEquals(readLines(bytes).map(({ text }) => text), [undefined, undefined, undefined]);
  assertEquals(readLines(encoder.encode("one\ntwo\n]")).map(({ text }) => text), ["one", "two"]);
});
