import { assertEquals } from "@std/assert";
import { formatArguments, formatValue } from "../../../lib/inspect/format/format_value.ts";
import { encodeValue } from "../../../lib/values/encode_value.ts";

const CASES: readonly (readonly [unknown, string])[] = [
  [undefined, "undefined"],
  [null, "null"],
  ["Hello", '"Hello"'],
  ["two\nlines", '"two\\nlines"'],
  ["\u202e\u001b[31m", '"\\u202e\\u001b[31m"'],
  [-0, "-0"],
  [NaN, "NaN"],
  [12n, "12n"],
  [new Date(0), 'Date("1970-01-01T00:00:00.000Z")'],
  [/a\/b/g, "/a\\/b/g"],
  [new URL("https://example.org/a"), 'URL("https://example.org/a")'],
  [new Uint8Array(1000), "Uint8Array(1000)"],
  [new RangeError("too far\u0007"), "RangeError: too far\\u0007"],
  [[1, [2, []]], "[1, [2, []]]"],
  [{}, "{}"],
  [{ a: 1, "b c": [true] }, '{ a: 1, "b c": [true] }'],
  [new Map([["a", new Set([1])]]), 'Map { "a" => Set { 1 } }'],
];

for (const [value, text] of CASES) {
  Deno.test(`formatValue() shows ${text}`, () => assertEquals(formatValue(encodeValue(value)), text));
}

Deno.test("formatValue() cuts long texts and lists, never through a character", () => {
  assertEquals(formatValue({ value: "x".repeat(300) }), `"${"x".repeat(119)}"…`.slice(0, 119) + "…");
  assertEquals(formatValue({ value: "😀".repeat(300) }).isWellFormed(), true);
  const long = "x".repeat(30);
  assertEquals(
    formatValue({ value: Array(1000).fill(long) }),
    `[${Array(4).fill(`"${long}"`).join(", ")}`.slice(0, 119) + "…",
  );
  assertEquals(formatValue({ value: Array(30).fill(0) }).includes("…"), true);
});

Deno.test("formatValue() says so when a value cannot be decoded", () => {
  assertEquals(formatValue({ value: 1, meta: { values: "nonsense", v: 1 } }), "<cannot be decoded>");
});

Deno.test("formatArguments() shows arguments in a row and counts those that are too many", () => {
  assertEquals(formatArguments({}), "");
  assertEquals(formatArguments({ value: [1, "a"] }), '1, "a"');
  assertEquals(formatArguments({ value: Array(500).fill(1) }), `${Array(41).fill(1).join(", ")}, … 459 more`);
});
