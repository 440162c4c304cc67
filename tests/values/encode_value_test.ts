import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { escapeJsonText } from "../../lib/text/escape.ts";
import { decodeValue } from "../../lib/values/decode_value.ts";
import { encodeValue } from "../../lib/values/encode_value.ts";
import { MAX_VALUE_BYTES, ValueTooLarge } from "../../lib/values/value_walk.ts";
import { createEnv, createRef } from "./placeholder_stubs.ts";

function measure(value: unknown): number {
  const { value: json, meta } = encodeValue(value);
  const text = escapeJsonText(JSON.stringify(json)) + (meta === undefined ? "" : escapeJsonText(JSON.stringify(meta)));
  return new TextEncoder().encode(text).length;
}

Deno.test("encodeValue() leaves plain data plain, without meta", () => {
  const value = { text: "a", list: [1, null, true, { deep: [] }], "odd.key": "\ud800", "é😀": 1 };
  assertEquals(encodeValue(value), { value });
});

Deno.test("encodeValue() gives nothing for undefined at the top", () => {
  assertEquals(encodeValue(undefined), {});
  assertEquals(decodeValue({}), undefined);
});

Deno.test("encodeValue() writes down what the journal will hold for ever", () => {
  const value = {
    a: [1n, new Date(0)],
    "b.c": new Map([["k", new Set([NaN])]]),
    d: undefined,
    e: new Uint8Array([255]),
  };
  assertEquals(encodeValue(value), {
    value: { a: ["1", "1970-01-01T00:00:00.000Z"], "b.c": [["k", ["NaN"]]], d: null, e: "/w==" },
    meta: {
      values: {
        "a.0": ["bigint"],
        "a.1": ["Date"],
        "b\\.c": ["map", { "0.1": ["set", { "0": ["number"] }] }],
        d: ["undefined"],
        e: [["custom", "bytes"]],
      },
      v: 1,
    },
  });
});

Deno.test("encodeValue() writes an object as rows when a key of it would need an escape", () => {
  for (const key of ['"', "\\", "\n", "\u202e", "\ud800", "\u{e0041}"]) {
    assertEquals(encodeValue([{ a: 1, [key]: [2n] }]), {
      value: [[["a", 1], [key, ["2"]]]],
      meta: { values: { "0": [["custom", "object"], { "1.1.0": ["bigint"] }] }, v: 1 },
    });
  }
});

Deno.test("encodeValue() writes refs and env as custom types", () => {
  assertEquals(encodeValue([createRef("2", ["id"]), createRef("3"), createEnv("API_KEY")]), {
    value: [{ step: "2", path: ["id"] }, { step: "3" }, "API_KEY"],
    meta: { values: { "0": [["custom", "ref"]], "1": [["custom", "ref"]], "2": [["custom", "env"]] }, v: 1 },
  });
});

Deno.test("encodeValue() keeps what the value was when its owner changes it later", () => {
  const bytes = new Uint8Array([1]);
  const value = { list: [1], map: new Map([["a", [1]]]), date: new Date(0), bytes };
  const encoded = encodeValue(value);
  const before = structuredClone(encoded);
  value.list.push(2);
  value.map.get("a")?.push(2);
  value.date.setTime(1);
  bytes[0] = 2;
  assertEquals(encoded, before);
});

Deno.test("encodeValue() tells of each ref, and ends when the listener throws", () => {
  const owner = {};
  const steps: string[] = [];
  encodeValue([createRef("1", [], owner), { a: createRef("2", [], owner) }], {
    onRef: (ref) => steps.push(ref.owner === owner ? ref.step : "of another owner"),
  });
  assertEquals(steps, ["1", "2"]);
  assertThrows(
    () =>
      encodeValue(createRef("1"), {
        onRef: () => {
          throw new TypeError("Of another transaction");
        },
      }),
    TypeError,
    "Of another transaction",
  );
});

Deno.test("encodeValue() takes a value of exactly the limit, and refuses one byte more", () => {
  const values = ["x".repeat(100), "ü".repeat(50), "\u202e".repeat(20), [1, 2, 3.25, null], { "k\u2028": { a: [] } }, [
    1n,
    { "a.b": new Map([[new Date(0), new Uint8Array(50)]]) },
  ]];
  for (const value of values) {
    const bytes = measure(value);
    encodeValue(value, { maxBytes: bytes });
    const error = assertThrows(() => encodeValue(value, { maxBytes: bytes - 1 }), ValueTooLarge);
    assertEquals(error.bytes, bytes);
    assertInstanceOf(error, RangeError);
  }
});

Deno.test("encodeValue() stops at 16 MiB less 64 KiB when no limit is given", () => {
  encodeValue("x".repeat(MAX_VALUE_BYTES - 2));
  const error = assertThrows(() => encodeValue("x".repeat(MAX_VALUE_BYTES - 1)), ValueTooLarge);
  assertEquals(error.message, "value is 16711681 bytes or more as JSON, and at most 16711680 can be stored");
});

Deno.test("encodeValue() ends early when shared parts multiply without end", () => {
  let value: unknown = "leaf";
  for (let level = 0; level < 60; level++) value = [value, value];
  const error = assertThrows(() => encodeValue(value, { maxBytes: 10_000 }), ValueTooLarge);
  assertEquals(error.bytes > 20_000 && error.bytes < 20_100, true);
});
