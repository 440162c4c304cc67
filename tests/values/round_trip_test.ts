import { assert, assertEquals, assertNotStrictEquals } from "@std/assert";
import * as fc from "fast-check";
import { escapeJsonText } from "../../lib/text/escape.ts";
import { decodeValue } from "../../lib/values/decode_value.ts";
import { encodeValue } from "../../lib/values/encode_value.ts";
import type { Encoded } from "../../lib/values/json.ts";
import { fullOrBrief } from "../support/test_setting.ts";
import { sameValue } from "./same_value.ts";

const FORBIDDEN = ["__proto__"];
const ERRORS = [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError];

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    "\ud800",
    "\udc00\ud800",
    "a.b",
    "\\",
    "\\.",
    ".",
    "",
    "0",
    "length",
    "toString",
    "values",
    "step",
    "constructor",
    "prototype",
  ),
);
const key = text.filter((name) => !FORBIDDEN.includes(name));
const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(NaN, Infinity, -Infinity, -0, 5e-324));
const leaf = fc.oneof(
  text,
  number,
  fc.boolean(),
  fc.constantFrom(null, undefined),
  fc.bigInt(),
  fc.date({ noInvalidDate: true, min: new Date(-8.64e15), max: new Date(8.64e15) }),
  fc.webUrl({ withFragments: true, withQueryParameters: true }).map((url) => new URL(url)),
  fc.constantFrom("/", "a/b", "[/]", "\n", "(?<a>b)", "").map((source) => new RegExp(source, "giu")),
  fc.uint8Array(),
);

const { value: anyValue } = fc.letrec<{ value: unknown; error: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthSize: "medium" },
    leaf,
    fc.array(tie("value"), { maxLength: 5 }),
    fc.dictionary(key, tie("value"), { maxKeys: 5, noNullPrototype: false }),
    fc.array(fc.tuple(tie("value"), tie("value")), { maxLength: 4 }).map((rows) => new Map(rows)),
    fc.array(tie("value"), { maxLength: 4 }).map((items) => new Set(items)),
    tie("error"),
    fc.tuple(tie("value"), tie("value"), text).map((parts) => new SuppressedError(...parts)),
    fc.tuple(fc.array(tie("value"), { maxLength: 3 }), text).map(([errors, message]) =>
      new AggregateError(errors, message)
    ),
  ),
  error: fc.tuple(
    fc.constantFrom(...ERRORS),
    fc.option(text),
    fc.option(text),
    fc.option(text),
    tie("value"),
    fc.boolean(),
    fc.subarray(["message", "cause", "stack"]),
  )
    .map(([Class, name, message, stack, cause, hasCause, turned]) => {
      const error = new Class(message ?? undefined, hasCause ? { cause } : {});
      if (name !== null) error.name = name;
      if (stack === null) Reflect.deleteProperty(error, "stack");
      else error.stack = stack;
      for (const field of turned) {
        if (Object.hasOwn(error, field)) Object.defineProperty(error, field, { enumerable: true });
      }
      return error;
    }),
}));

function passThroughText(encoded: Encoded): Encoded {
  return JSON.parse(escapeJsonText(JSON.stringify(encoded)));
}

Deno.test("decodeValue() gives back every value that encodeValue() takes, also through the journal's text", () => {
  const seed = crypto.getRandomValues(new Int32Array(1))[0] ?? 0;
  console.log(`seed ${seed}`);
  fc.assert(
    fc.property(anyValue, (value) => {
      const encoded = encodeValue(value);
      assert(sameValue(decodeValue(encoded), value), "from memory");
      assert(sameValue(decodeValue(passThroughText(encoded)), value), "from text");
    }),
    { seed, numRuns: fullOrBrief(1000, 50) },
  );
});

// V8's JSON.parse reads `\n` as the backslash that it has met in the same place before; see `needsEscape`.
Deno.test("decodeValue() gives back keys that V8 would mistake for others", () => {
  for (const before of [{}, { other: 1 }]) {
    assert(Object.keys({ ...before, "\\": 1 }).includes("\\"));
    for (const key of ["\n", '"', "\u202e", "\t", "\u0000"]) {
      const value = { ...before, [key]: 1 };
      JSON.parse(JSON.stringify({ ...before, "\\": [] }));
      assert(sameValue(decodeValue(passThroughText(encodeValue(value))), value));
    }
  }
});

Deno.test("decodeValue() gives back errors that are errors, with what they had and nothing else", () => {
  const error = new TypeError("boom", { cause: new AggregateError([1n], "many") });
  error.name = "Custom";
  const decoded = decodeValue(passThroughText(encodeValue(error)));
  assert(decoded instanceof TypeError && Error.isError(decoded));
  assertEquals(decoded.stack, error.stack);
  assertEquals(Reflect.ownKeys(decoded).sort(), ["cause", "message", "name", "stack"]);
  assertEquals(Reflect.ownKeys(Object(decodeValue(encodeValue(new Error())))), ["stack"]);
});

Deno.test("decodeValue() gives back which fields of an error are enumerable", () => {
  const hidden = Object.defineProperty(new Error("a"), "name", { value: "Hidden", configurable: true });
  const cause = Object.assign(new Error(), { message: "assigned", cause: 1 });
  const suppressed = Object.assign(new SuppressedError(new Error("a"), 5n, "both"), { name: "Both" });
  for (
    const error of [
      new Error("a", { cause: 1 }),
      Object.assign(new Error("a"), { name: "N" }),
      hidden,
      cause,
      suppressed,
    ]
  ) {
    const decoded = Object(decodeValue(passThroughText(encodeValue(error))));
    assert(sameValue(decoded, error), error.message);
    assertEquals({ ...decoded }, { ...error });
    assertEquals(JSON.stringify(decoded), JSON.stringify(error));
  }
  const usual = Object(encodeValue(new Error("a", { cause: 1 })).value);
  assertEquals(Object.keys(usual), ["type", "stack", "message", "cause"]);
});

Deno.test("decodeValue() gives back objects without a prototype, and keys such as constructor", () => {
  const groups = Object.groupBy(["a", "bb", "cc"], ({ length }) => length === 1 ? "constructor" : "plain");
  const matched = /(?<year>\d+)/.exec("in 2026")?.groups;
  const values = [
    groups,
    matched,
    { constructor: 1, prototype: { constructor: 2n } },
    { a: groups },
    Object.create(null),
  ];
  for (const value of values) {
    const decoded = decodeValue(passThroughText(encodeValue(value)));
    assert(sameValue(decoded, value));
    assertEquals(Object.getPrototypeOf(decoded), Object.getPrototypeOf(value));
  }
  assertEquals(encodeValue(matched), { value: { year: "2026" }, meta: { values: [["custom", "record"]], v: 1 } });
  assertEquals(encodeValue({ constructor: 1 }).value, [["constructor", 1]]);
});

Deno.test("decodeValue() gives two copies of what was shared, plain or rich", () => {
  for (const shared of [{ a: 1 }, { a: 1n }, new Date(0), new Map([[1, NaN]]), new URL("a:b")]) {
    const decoded = decodeValue(passThroughText(encodeValue([shared, { again: shared }, 1n, 1n, NaN, NaN])));
    assert(sameValue(decoded, [shared, { again: shared }, 1n, 1n, NaN, NaN]));
    assert(Array.isArray(decoded));
    assertNotStrictEquals(decoded[0], decoded[1].again);
  }
});

Deno.test("decodeValue() gives a fresh copy each time", () => {
  for (const value of [{ a: [1] }, { a: [1n] }]) {
    const encoded = encodeValue(value);
    const before = structuredClone(encoded);
    const decoded = Object(decodeValue(encoded));
    decoded.a.push(2);
    decoded.b = 3;
    assertEquals(encoded, before);
    assertEquals(decodeValue(encoded), value);
  }
});

Deno.test("decodeValue() gives back what is nested as deep as it may be", () => {
  let objects: unknown = 1n;
  let maps: unknown = [[]];
  for (let level = 0; level < 500; level++) objects = level % 2 === 0 ? [objects] : { "a.b": objects };
  for (let level = 0; level < 249; level++) maps = new Map([[maps, 1]]);
  for (const value of [objects, maps]) {
    assert(sameValue(decodeValue(passThroughText(encodeValue(value))), value));
  }
});
