import { assertEquals, assertThrows } from "@std/assert";

import { env, StepRef } from "../../../lib/plan/ref.ts";
import { fromEditable, OWNER, toEditable } from "../../../lib/run/amend/editable.ts";
import { encodeValue } from "../../../lib/values/encode_value.ts";
import type { Json } from "../../../lib/values/json.ts";

const refer = (step: string, path: readonly string[]) => new StepRef({ owner: OWNER, step, path });

function read(json: unknown, kept: readonly unknown[] = []): readonly unknown[] {
  return fromEditable(json, { kept, refer, variable: env });
}

const FORMS: readonly (readonly [what: string, value: unknown, json: Json])[] = [
  ["plain data", { a: [1, "x", null, true], b: {} }, { a: [1, "x", null, true], b: {} }],
  ["a ref", refer("1", []), { $ref: "1" }],
  ["a ref to a part", refer("4.1", ["users", "0"]), { $ref: "4.1", path: ["users", "0"] }],
  ["a variable", env("MAIL_KEY"), { $env: "MAIL_KEY" }],
  ["a date", new Date(0), { $date: "1970-01-01T00:00:00.000Z" }],
  ["a big integer", -12n, { $bigint: "-12" }],
  ["no number", NaN, { $number: "NaN" }],
  ["endless numbers", [Infinity, -Infinity], [{ $number: "Infinity" }, { $number: "-Infinity" }]],
  ["a negative zero", -0, { $number: "-0" }],
  ["nothing", undefined, { $undefined: true }],
  ["a URL", new URL("https://example.com/a?b#c"), { $url: "https://example.com/a?b#c" }],
  ["a pattern", /a\/b+/gi, { $regexp: "/a\\/b+/gi" }],
  ["bytes", new Uint8Array([0, 255, 7]), { $bytes: "AP8H" }],
  ["a map", new Map([[{ a: 1 }, refer("2", [])]]), { $map: [[{ a: 1 }, { $ref: "2" }]] }],
  ["a set", new Set([new Date(0), "x"]), { $set: [{ $date: "1970-01-01T00:00:00.000Z" }, "x"] }],
  ["an object with such keys of its own", { $ref: "1", a: new Date(0) }, {
    $object: { $ref: "1", a: { $date: "1970-01-01T00:00:00.000Z" } },
  }],
  ["an object without a prototype", Object.groupBy([1, 2], () => "constructor"), { $record: { constructor: [1, 2] } }],
  ["a key that leads to a prototype", { constructor: 1 }, { constructor: 1 }],
  ["odd keys", { "a\u202eb": 1, "": 2 }, { "a\u202eb": 1, "": 2 }],
];

for (const [what, value, json] of FORMS) {
  Deno.test(`toEditable() writes ${what}, and fromEditable() makes the same of it`, () => {
    const before = encodeValue([value]);
    const editable = toEditable(before);
    assertEquals(editable, { json: [json], kept: [] });
    const again = read(JSON.parse(JSON.stringify(editable.json)));
    assertEquals(encodeValue(again), before);
  });
}

Deno.test("toEditable() keeps what cannot be written, wherever it is moved to", () => {
  const before = encodeValue([new RangeError("too far", { cause: new Date(0) }), "x", { e: new Error("other") }]);
  const { json, kept } = toEditable(before);
  assertEquals(json, [{ $keep: 0, is: "RangeError: too far" }, "x", { e: { $keep: 1, is: "Error: other" } }]);
  assertEquals(encodeValue(read(json, kept)), before);
  const [first, second] = read([{ $keep: 1 }, [{ $keep: 0 }]], kept);
  assertEquals(encodeValue([first, second]), encodeValue([kept[1], [kept[0]]]));
});

Deno.test("toEditable() keeps half of a character, which nobody can write", () => {
  const before = encodeValue(["a\ud83d", { "\ude00": 1 }, "\ufffd"]);
  const { json, kept } = toEditable(before);
  assertEquals(json, [{ $keep: 0, is: "a\ufffd" }, { $keep: 1, is: "an object" }, "\ufffd"]);
  assertEquals(encodeValue(read(json, kept)), before);
});

Deno.test("toEditable() writes no arguments as an empty list", () => {
  assertEquals(toEditable({}), { json: [], kept: [] });
});

const WRONG: readonly (readonly [json: unknown, message: string])[] = [
  ["x", 'arguments must be a list, such as ["a", 1], even if there is only one'],
  [[{ $foo: 1 }], '"$foo" is not a known form: use $ref, $env, $date'],
  [[{ $ref: "1", pat: [] }], '"$ref" with "pat" is not a known form'],
  [[{ $ref: null }], '"$ref" takes a step\'s number or name'],
  [[{ $ref: "1", path: "id" }], '"$ref" takes a step\'s number or name'],
  [[{ $date: "yesterday" }], '"$date" takes a date such as 2026-11-23T02:15:00.123Z'],
  [[{ $bigint: "1.5" }], '"$bigint" takes an integer in quotes'],
  [[{ $number: "1" }], '"$number" takes "NaN", "Infinity", "-Infinity" or "-0"'],
  [[{ $undefined: false }], '"$undefined" takes true'],
  [[{ $url: "no url" }], '"$url" takes a URL'],
  [[{ $regexp: "/(/" }], '"$regexp" takes a pattern such as /a+/i'],
  [[{ $bytes: "?" }], '"$bytes" takes bytes in base64'],
  [[{ $map: [["a"]] }], '"$map" takes a list of pairs'],
  [[{ $set: {} }], '"$set" takes a list'],
  [[{ $env: "A=B" }], '"$env" takes the name of an environment variable'],
  [[{ $keep: 3 }], 'there is no value 3 to keep: "$keep" takes the number of a value that was shown'],
  [[JSON.parse('{"__proto__":1}')], 'the JSON has the key "__proto__"'],
  [JSON.parse("[".repeat(5000) + "]".repeat(5000)), "the JSON is nested deeper than"],
];

for (const [json, message] of WRONG) {
  Deno.test(`fromEditable() refuses ${JSON.stringify(json).slice(0, 40)}`, () => {
    assertThrows(() => read(json), TypeError, message);
  });
}
