import { assertEquals, assertThrows } from "@std/assert";
import { Buffer } from "node:buffer";
import { runInNewContext } from "node:vm";
import { setBrand } from "../../lib/values/brand.ts";
import { encodeValue } from "../../lib/values/encode_value.ts";

class Account {}
class HttpError extends Error {}
class Index extends Map {}

function createCycle(): unknown {
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  return { list: [cycle] };
}

function createNested(levels: number): unknown {
  let nested: unknown = 0;
  for (let level = 0; level < levels; level++) nested = { next: nested };
  return nested;
}

function createStepFunction(): unknown {
  const step = () => {};
  setBrand(step, "step-function", { module: "file:///a.ts", export: "b" });
  return step;
}

function takeTemplate(template: TemplateStringsArray): unknown {
  return template;
}

const notEnumerable = Object.defineProperty({}, "hidden", { value: 1 });
const withSetter = Object.defineProperty([], 0, { set: () => {}, enumerable: true });
const key = "is a key that is not stored, because it can lead to a prototype";
const more = "with other properties";

const realm = "of another realm, such as a context of node:vm: copy it first";

function fail(): never {
  throw new Error("must not be called");
}

function detached(): Uint8Array {
  const bytes = new Uint8Array(3);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
}

function shrunk(): Uint8Array {
  const memory = new ArrayBuffer(4, { maxByteLength: 4 });
  const bytes = new Uint8Array(memory, 2, 2);
  memory.resize(1);
  return bytes;
}

const REFUSED: readonly [() => unknown, string][] = [
  [() => ({ attachments: [new ReadableStream()] }), "value.attachments[0] is a ReadableStream"],
  [() => ({ when: new Date(NaN) }), "value.when is an invalid date"],
  [() => ({ list: [0, 1, , 3] }), "value.list[2] is a hole in a sparse array"], // deno-lint-ignore-line no-sparse-arrays
  [createCycle, "value.list[0].self contains itself"],
  [() => new Account(), "value is an instance of Account"],
  [() => new (class {})(), "value is an instance of a class without a name"],
  [() => Object.create({}), "value is an object whose prototype is not Object.prototype"],
  [() => Object.setPrototypeOf(new Map([[1, 2]]), null), "value is a built-in object without its prototype"],
  [() => Object.setPrototypeOf(new Date(0), null), "value is a built-in object without its prototype"],
  [() => Object.setPrototypeOf(new Set([1]), Object.prototype), "value is an object whose prototype is not its own"],
  [() => runInNewContext("new Map()"), `value is a Map ${realm}`],
  [() => runInNewContext("({ a: 1 })"), `value is an Object ${realm}`],
  [() => runInNewContext("[1]"), `value is an Array ${realm}`],
  [() => runInNewContext("new TypeError('a')"), `value is an error of class TypeError ${realm}`],
  [
    () => Object.setPrototypeOf({}, new Proxy({}, { getPrototypeOf: fail })),
    "value is an instance of a class without a name",
  ],
  [() => [() => 1], "value[0] is a function"],
  [createStepFunction, "value is a step function"],
  [() => Account, "value is a function"],
  [() => Symbol("s"), "value is a symbol"],
  [() => ({ a: { [Symbol("\x1b")]: 1 } }), "value.a is an object with the key Symbol(\\u001b)"],
  [() => Object.assign([1], { [Symbol("s")]: 1 }), "value is an array with the key Symbol(s)"],
  [() => Promise.resolve(), "value is a Promise"],
  [() => Object.assign([1, 2], { index: 0 }), "value is an array with other properties"],
  [() => takeTemplate`text`, "value is an array with other properties"],
  [() => Object.assign(new Array(20_000).fill(0), { index: 0 }), "value is an array with other properties"],
  [() => ({
    get now() {
      throw new Error("must not be called");
    },
  }), "value.now is a getter or setter"],
  [() => withSetter, "value[0] is a getter or setter"],
  [() => notEnumerable, "value.hidden is a property that is not enumerable"],
  [() => Object("text"), "value is a boxed string"],
  [() => Object(1n), "value is a boxed bigint"],
  [() => new Float64Array(1), "value is a Float64Array"],
  [() => new ArrayBuffer(1), "value is an ArrayBuffer"],
  [() => Buffer.from("text"), "value is a Buffer"],
  [() => new Uint8Array(new SharedArrayBuffer(1)), "value is a Uint8Array in shared memory"],
  [() => new Proxy({}, { getPrototypeOf: () => null }), "value is a Proxy"],
  [() => new Proxy([], {}), "value is a Proxy"],
  [() => new Proxy(() => 1, {}), "value is a Proxy"],
  [() => new WeakMap(), "value is a WeakMap"],
  [() => new URLSearchParams(), "value is a URLSearchParams"],
  [() => new Index(), "value is an instance of Index"],
  [() => Object.assign(new Map(), { extra: 1 }), `value is a Map ${more}`],
  [() => Object.assign(new Set(), { extra: 1 }), `value is a Set ${more}`],
  [() => Object.assign(new Date(0), { extra: 1 }), `value is a Date ${more}`],
  [() => Object.assign(/a/, { extra: 1 }), `value is a RegExp ${more}`],
  [() => Object.assign(new URL("a:b"), { extra: 1 }), `value is a URL ${more}`],
  [() => Object.assign(/a/g, { lastIndex: 3 }), "value is a RegExp with lastIndex 3"],
  [() => Object.create(Date.prototype), "value is a Date"],
  [() => Object.create(URL.prototype), "value is a URL that cannot be parsed from its own text"],
  [() => new HttpError("x"), "value is an error of class HttpError"],
  [() => Object.assign(new Error("x"), { code: "E" }), "value is an error with the property code"],
  [() => Object.assign(new Error("x"), { errors: [] }), "value is an error with the property errors"],
  [() => new Error("x", { cause: [() => 1] }), "value.cause[0] is a function"],
  [() => new AggregateError([Symbol("s")]), "value.errors[0] is a symbol"],
  [() => Object.assign(new Error("x"), { name: 1 }), "value.name is not a text"],
  [() => JSON.parse('{"a":{"__proto__":{}}}'), `value.a.__proto__ ${key}`],
  [() => Object.assign(Object.create(null), JSON.parse('{"__proto__":1}')), `value.__proto__ ${key}`],
  [() => ({ file: { parts: [detached()] } }), "value.file.parts[0] is a Uint8Array whose memory was transferred"],
  [() => ({ file: { parts: [shrunk()] } }), "value.file.parts[0] is a Uint8Array beyond the end of its memory"],
  [() => Object.assign(new Uint8Array(3), { extra: 1 }), `value is a Uint8Array ${more}`],
  [() => Object.assign(new Uint8Array(20_000), { extra: 1 }), `value is a Uint8Array ${more}`],
  [() => Object.assign(new Uint8Array(3), { [Symbol("s")]: 1 }), `value is a Uint8Array ${more}`],
  [() => Object.defineProperty(new Uint8Array(3), "hidden", { value: 1 }), `value is a Uint8Array ${more}`],
  [() => Object.assign(new URL("a:b"), { [Symbol("s")]: 1 }), `value is a URL ${more}`],
  [() => Object.assign(new Set(), { [Symbol("s")]: 1 }), `value is a Set ${more}`],
  [() => Object.assign(new Date(0), { [Symbol("s")]: 1 }), `value is a Date ${more}`],
  [() => Object.assign(/a/, { [Symbol("s")]: 1 }), `value is a RegExp ${more}`],
  [() => Object.assign(Object("text"), { extra: 1 }), "value is a boxed string"],
  [() => Object.assign(Object.create(null), { [Symbol("s")]: 1 }), "value is an object with the key Symbol(s)"],
  [() => new SuppressedError(1, [() => 1]), "value.suppressed[0] is a function"],
  [() => Object.assign(new Error("x"), { suppressed: 1 }), "value is an error with the property suppressed"],
  [() => new Map([[{ a: 1 }, { b: () => 1 }]]), "[...value][0][1].b is a function"],
  [() => [new Map([[() => 1, 1]])], "[...value[0]][0][0] is a function"],
  [() => new Set([1, new Set([Symbol("s")])]), "[...[...value][1]][0] is a symbol"],
  [() => ({ 'odd "key"\n': () => 1 }), 'value["odd \\"key\\"\\n"] is a function'],
  [() => ({ ["k".repeat(100)]: () => 1 }), `value["${"k".repeat(64)}…"] is a function`],
  [() => createNested(501), `value${".next".repeat(22)}….next.next is nested deeper than 500 levels`],
  [() => createNested(100_000), `value${".next".repeat(22)}….next.next is nested deeper than 500 levels`],
];

Deno.test("encodeValue() refuses what would not survive, and says where it is", () => {
  for (const [create, message] of REFUSED) {
    const error = assertThrows(() => encodeValue(create()), TypeError);
    assertEquals(error.message, message);
  }
});

Deno.test("encodeValue() begins paths with the root that it is given", () => {
  assertThrows(() => encodeValue([Symbol("s")], { root: "args" }), TypeError, "args[0] is a symbol");
});

Deno.test("encodeValue() refuses Date, Map and Error objects that have another prototype", () => {
  for (const value of [new Date(0), new Map(), new Set(), new Error("x"), new URL("a:b")]) {
    assertThrows(() => encodeValue(Object.setPrototypeOf(value, Account.prototype)), TypeError, "value is");
  }
});
