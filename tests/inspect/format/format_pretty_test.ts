import { assertEquals } from "@std/assert";
import { formatPretty } from "../../../lib/inspect/format/format_value.ts";
import { encodeValue } from "../../../lib/values/encode_value.ts";

function pretty(value: unknown): readonly string[] {
  return formatPretty(encodeValue(value, { root: "value" }));
}

const LONG = "x".repeat(70);

Deno.test("formatPretty() leaves on one line what fits there", () => {
  assertEquals(pretty({ a: [1, new Date(0)], b: "c" }), ['{ a: [1, Date("1970-01-01T00:00:00.000Z")], b: "c" }']);
  assertEquals(pretty("\u001b[2J\n"), ['"\\u001b[2J\\n"']);
});

Deno.test("formatPretty() puts each part of a larger value on a line of its own", () => {
  assertEquals(pretty({ "a b": [LONG, new Map([[LONG, new Set([1n])]])], c: null }), [
    "{",
    '  "a b": [',
    `    "${LONG}",`,
    "    Map {",
    `      "${LONG}" => Set {`,
    "        1n,",
    "      },",
    "    },",
    "  ],",
    "  c: null,",
    "}",
  ]);
});

Deno.test("formatPretty() says how much it leaves out", () => {
  const lines = pretty(Array.from({ length: 500 }, (_, index) => index));
  assertEquals([lines.length, lines[1], lines.at(-2)], [203, "  0,", "  … 300 more"]);
  const rows = pretty(Array.from({ length: 100 }, () => Array.from({ length: 100 }, () => LONG)));
  assertEquals(rows.length < 1200, true);
});

Deno.test("formatPretty() shows all of a text that is not overlong", () => {
  assertEquals(pretty({ text: "y".repeat(1500) })[1], `  text: "${"y".repeat(1500)}",`);
  assertEquals(pretty("y".repeat(5000))[0]?.length, 2000);
});
