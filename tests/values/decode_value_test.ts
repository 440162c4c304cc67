import { assertEquals, assertThrows } from "@std/assert";
import { decodeValue } from "../../lib/values/decode_value.ts";
import { encodeValue } from "../../lib/values/encode_value.ts";
import { findPlaceholders } from "../../lib/values/annotations.ts";
import type { Json } from "../../lib/values/json.ts";
import { createEnv, createRef } from "./placeholder_stubs.ts";

Deno.test("decodeValue() puts in what the placeholders stand for, wherever they are", () => {
  const value = [
    createRef("1"),
    { a: [createEnv("HOME")] },
    new Map([[createRef("2", ["x.y", "0"]), new Set([createRef("1")])]]),
  ];
  const decoded = decodeValue(encodeValue(value), (placeholder) => {
    return placeholder.kind === "env" ? `env ${placeholder.name}` : [placeholder.step, ...placeholder.path];
  });
  assertEquals(decoded, [["1"], { a: ["env HOME"] }, new Map([[["2", "x.y", "0"], new Set([["1"]])]])]);
});

Deno.test("decodeValue() refuses placeholders when nothing resolves them", () => {
  const refuse = (value: unknown) => assertThrows(() => decodeValue(encodeValue(value)), TypeError).message;
  assertEquals(refuse([createRef("2")]), "Cannot decode a value: it has a placeholder for step 2");
  assertEquals(refuse(createEnv("A\n")), "Cannot decode a value: it has a placeholder for environment variable A\\n");
});

Deno.test("decodeValue() does not take data that looks like a placeholder for one", () => {
  const value = [{ step: "1", path: ["id"] }, "API_KEY", { meta: { values: [["custom", "ref"]], v: 1 } }, 1n];
  assertEquals(decodeValue(encodeValue(value)), value);
  assertEquals(findPlaceholders(encodeValue(value)), []);
});

Deno.test("findPlaceholders() lists refs and env at any depth, and nothing for plain data", () => {
  const value = {
    list: [createRef("1", ["a"])],
    map: new Map([[createEnv("K"), new Error("x", { cause: createRef("2") })]]),
  };
  assertEquals(findPlaceholders(encodeValue(value)), [
    { kind: "ref", step: "1", path: ["a"] },
    { kind: "env", name: "K" },
    { kind: "ref", step: "2", path: [] },
  ]);
  assertEquals(findPlaceholders(encodeValue({ plain: ["data"] })), []);
  assertEquals(findPlaceholders({}), []);
  assertEquals(findPlaceholders(encodeValue(createRef("1"))), [{ kind: "ref", step: "1", path: [] }]);
});

const HOSTILE: readonly [string, string, string][] = [
  ["[1]", '{"values":{"0":["class","Account"]},"v":1}', "unknown annotation"],
  ["[1]", '{"values":{"0":[["class","Account"]]},"v":1}', "unknown annotation"],
  ['["a"]', '{"values":{"0":[["symbol","a"]]},"v":1}', "unknown annotation"],
  ["[[1]]", '{"values":{"0":[["typed-array","Uint8Array"]]},"v":1}', "unknown annotation"],
  ["[1]", '{"values":{"0":[["custom","constructor"]]},"v":1}', "unknown annotation"],
  ["[1]", '{"values":{"0":["custom:ref"]},"v":1}', "does not look like one"],
  ["[1]", '{"values":{"0":["Error"]},"v":1}', "unknown annotation"],
  ["[null]", '{"values":{"0":["undefined",{},1]},"v":1}', "unknown annotation"],
  ["[null]", '{"values":{"0":"undefined"},"v":1}', "unknown annotation"],
  ["[null]", '{"values":{"0":[]},"v":1}', "unknown annotation"],
  ["[null]", '{"values":{"0":{"0":["undefined"]}},"v":1}', "unknown annotation"],
  ["[1]", '{"values":{"1":["undefined"]},"v":1}', "a path that does not exist"],
  ["[null]", '{"values":{"00":["undefined"]},"v":1}', "a path that does not exist"],
  ["[null]", '{"values":{"length":["undefined"]},"v":1}', "a path that does not exist"],
  ['{"a":"b"}', '{"values":{"a.0":["undefined"]},"v":1}', "a path that does not exist"],
  ["{}", '{"values":{"__proto__.x":["undefined"]},"v":1}', "a path that does not exist"],
  ["{}", '{"values":{"__proto__":["set"]},"v":1}', "a path that does not exist"],
  ["{}", '{"values":{"constructor.prototype.x":["undefined"]},"v":1}', "a path that does not exist"],
  ["{}", '{"values":{"toString":["undefined"]},"v":1}', "a path that does not exist"],
  ['{"a":null}', '{"values":{"\\\\a":["undefined"]},"v":1}', "a path with an unknown escape"],
  ['[["1"]]', '{"values":{"0":["set"],"0.0":["bigint"]},"v":1}', "a place twice"],
  ['{"a":["1"]}', '{"values":{"a.0":["bigint"],"a":["set"]},"v":1}', "a place twice"],
  ['{"a":["1"]}', '{"values":{"a.0":["bigint"],"a":["set",{"0":["bigint"]}]},"v":1}', "a place twice"],
  ['[[["1",2]]]', '{"values":{"0":["map",{"0":["set"]}]},"v":1}', "annotates what cannot be annotated"],
  [
    '[{"step":"1"}]',
    '{"values":{"0":[["custom","ref"],{"step":["bigint"]}]},"v":1}',
    "annotates what cannot be annotated",
  ],
  [
    '{"type":"Error","message":"1"}',
    '{"values":[["custom","error"],{"message":["bigint"]}],"v":1}',
    "annotates what cannot be annotated",
  ],
  ["[1]", '{"values":{"0":["undefined"]},"v":1}', "marked as undefined"],
  ['["0x10"]', '{"values":{"0":["bigint"]},"v":1}', "marked as bigint"],
  ["[true]", '{"values":{"0":["bigint"]},"v":1}', "marked as bigint"],
  ['["12"]', '{"values":{"0":["number"]},"v":1}', "marked as number"],
  ['["tomorrow"]', '{"values":{"0":["Date"]},"v":1}', "marked as Date"],
  ['["/(/"]', '{"values":{"0":["regexp"]},"v":1}', "marked as regexp"],
  ['["/"]', '{"values":{"0":["regexp"]},"v":1}', "marked as regexp"],
  ['["no url"]', '{"values":{"0":["URL"]},"v":1}', "marked as URL"],
  ['[{"length":1}]', '{"values":{"0":["set"]},"v":1}', "marked as set"],
  ['[[["a"]]]', '{"values":{"0":["map"]},"v":1}', "marked as map"],
  ['["*"]', '{"values":{"0":[["custom","bytes"]]},"v":1}', "marked as custom:bytes"],
  ["[1]", '{"values":{"0":[["custom","env"]]},"v":1}', "marked as custom:env"],
  ['[{"step":1}]', '{"values":{"0":[["custom","ref"]]},"v":1}', "marked as custom:ref"],
  ['[{"step":"1","path":[1]}]', '{"values":{"0":[["custom","ref"]]},"v":1}', "marked as custom:ref"],
  ['[{"step":"1","more":1}]', '{"values":{"0":[["custom","ref"]]},"v":1}', "marked as custom:ref"],
  ['[{"type":"Account"}]', '{"values":{"0":[["custom","error"]]},"v":1}', "marked as custom:error"],
  ['[{"type":"Error","stack":1}]', '{"values":{"0":[["custom","error"]]},"v":1}', "marked as custom:error"],
  ['[{"type":"Error","code":1}]', '{"values":{"0":[["custom","error"]]},"v":1}', "marked as custom:error"],
  ['[[["a"]]]', '{"values":{"0":[["custom","object"]]},"v":1}', "marked as custom:object"],
  ['[[["a",1],["a",2]]]', '{"values":{"0":[["custom","object"]]},"v":1}', "marked as custom:object"],
  ['[[["__proto__",{"x":1}]]]', '{"values":{"0":[["custom","object"]]},"v":1}', "marked as custom:object"],
  [
    '[[["a",1]]]',
    '{"values":{"0":[["custom","object"],{"0.0":["bigint"]}]},"v":1}',
    "annotates what cannot be annotated",
  ],
  ["[1,1]", '{"values":{},"referentialEqualities":{"0":["1"]},"v":1}', "not of the form"],
  ["[1]", '{"values":{"0":["undefined"]}}', "not of the form"],
  ["[1]", '{"values":{},"v":0}', "not of the form"],
  ["[1]", "[]", "not of the form"],
  ["[1]", "null", "not of the form"],
  ["[1]", '{"values":"set","v":1}', "annotations that are not an object"],
];

Deno.test("decodeValue() refuses hostile meta, with its reason and without effect", () => {
  for (const [value, meta, reason] of HOSTILE) {
    const encoded = { value: JSON.parse(value), meta: JSON.parse(meta) };
    const begin = "Cannot decode a value: the meta beside it was not written by this library: ";
    for (const read of [() => decodeValue(encoded, () => 1), () => findPlaceholders(encoded)]) {
      const { message } = assertThrows(read, TypeError);
      assertEquals([message.startsWith(begin), message.includes(reason)], [true, true], `${meta}: ${message}`);
    }
  }
  assertEquals(Reflect.get({}, "x"), undefined);
});

Deno.test("decodeValue() refuses keys that lead to prototypes, with and without meta", () => {
  for (const key of ["__proto__", "constructor", "prototype"]) {
    const value: Json = JSON.parse(`{"a":[{"${key}":{"polluted":true}}],"b":null}`);
    const message = `Cannot decode a value: it has the key "${key}"`;
    assertThrows(() => decodeValue({ value }), TypeError, message);
    assertThrows(() => decodeValue({ value, meta: { values: { b: ["undefined"] }, v: 1 } }), TypeError, message);
  }
  assertEquals(Reflect.get({}, "polluted"), undefined);
});

Deno.test("decodeValue() refuses JSON and meta that are nested too deep, before the stack ends", () => {
  const value: Json = JSON.parse("[".repeat(100_000) + "]".repeat(100_000));
  const meta: Json = JSON.parse(`{"values":${'["set",{"0":'.repeat(99_999)}["set"]${"}]".repeat(99_999)},"v":1}`);
  for (const read of [() => decodeValue({ value }), () => decodeValue({ value, meta })]) {
    assertThrows(read, TypeError, "Cannot decode a value: it is nested deeper than 500 levels");
  }
  assertThrows(() => findPlaceholders({ value, meta }), TypeError, "nested deeper than 500 levels");
});

Deno.test("decodeValue() refuses meta without a value", () => {
  assertThrows(
    () => decodeValue({ meta: { values: ["undefined"], v: 1 } }),
    TypeError,
    "there is meta without a value",
  );
});
