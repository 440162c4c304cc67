import { assertEquals } from "@std/assert";
import { createHash } from "node:crypto";
import { sha256, sha256Beginnings } from "../../lib/process/sha256.ts";
import { SeededRandom } from "../support/seeded_random.ts";

const MEBIBYTE = 1024 * 1024;

function randomBytes(random: SeededRandom, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.below(256));
}

function expected(bytes: Uint8Array, prefix: string): string {
  return createHash("sha256").update(prefix).update(bytes).digest("hex");
}

Deno.test("sha256() gives the sums that the standard names", () => {
  const sum = (text: string) => sha256(new TextEncoder().encode(text)).toHex();
  assertEquals(sum("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  assertEquals(sum(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
});

Deno.test("sha256() gives the same as the native hash for every length around a block, with and without a prefix", () => {
  const seed = Date.now() % 1e9;
  const random = new SeededRandom(seed);
  for (let length = 0; length <= 300; length += 1) {
    const bytes = randomBytes(random, length);
    for (const prefix of ["", "\n", "a".repeat(random.below(200))]) {
      assertEquals(sha256(bytes, prefix).toHex(), expected(bytes, prefix), `seed ${seed}, ${length} bytes`);
    }
  }
});

Deno.test("sha256() gives the same as the native hash for parts of larger buffers, and for megabytes", () => {
  const seed = Date.now() % 1e9;
  const random = new SeededRandom(seed);
  const all = randomBytes(random, 3 * MEBIBYTE);
  // The later ones are hashed natively.
  for (const length of [1000, 65_536, 65_537, MEBIBYTE, 2 * MEBIBYTE, MEBIBYTE, 300]) {
    const start = random.below(1000);
    const part = all.subarray(start, start + length);
    assertEquals(sha256(part, "before\n").toHex(), expected(part, "before\n"), `seed ${seed}, ${length} bytes`);
  }
});

Deno.test("sha256Beginnings() gives the sum of each beginning of a message", () => {
  const seed = Date.now() % 1e9;
  const bytes = randomBytes(new SeededRandom(seed), 200_000);
  const lengths = [0, 0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 70_000, 70_001, 199_999, 200_000];
  const sums = Array.from(sha256Beginnings(bytes, lengths), (sum) => sum.toHex());
  assertEquals(sums, lengths.map((length) => expected(bytes.subarray(0, length), "")), `seed ${seed}`);
});
