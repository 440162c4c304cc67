import {
  assert,
  assertArrayIncludes,
  assertEquals,
  assertExists,
  assertFalse,
  assertInstanceOf,
  AssertionError,
  assertIsError,
  assertMatch,
  assertNotEquals,
  assertNotStrictEquals,
  assertObjectMatch,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
  equal,
  fail,
} from "@std/assert";
import { assertEquals as assertEqualsAlone } from "@std/assert/equals";

Deno.test("equal() accepts values of the same class with the same members", () => {
  const pairs: readonly (readonly [unknown, unknown])[] = [
    [NaN, NaN],
    [0, -0],
    [1n, 1n],
    [{ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }],
    [Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    [new Date(7), new Date(7)],
    [/a/g, /a/g],
    [new URL("https://example.org/a"), new URL("https://example.org/a")],
    ["a", "a"].map((text) => new Error(text)) as [Error, Error],
    [new Uint8Array([1, 2]), new Uint8Array([1, 2])],
    [new Uint8Array([0, 1, 2]).subarray(1), new Uint8Array([1, 2])],
    [new Set([{ a: 1 }, { a: 2 }]), new Set([{ a: 2 }, { a: 1 }])],
    [new Map([[{ a: 1 }, "x"], [{ a: 2 }, "y"]]), new Map([[{ a: 2 }, "y"], [{ a: 1 }, "x"]])],
  ];
  for (const [a, b] of pairs) assert(equal(a, b), Deno.inspect(a));
});

Deno.test("equal() refuses values that differ", () => {
  const pairs: readonly (readonly [unknown, unknown])[] = [
    [1, 2],
    [1, "1"],
    [1n, 1],
    [null, undefined],
    [{ a: undefined }, {}],
    [{ a: undefined }, { b: undefined }],
    [[1, 2], [1, 2, 3]],
    [new Date(7), new Date(8)],
    [/a/g, /a/i],
    [new URL("https://example.org/a"), new URL("https://example.org/b")],
    [new Error("a"), new TypeError("a")],
    // Their stacks differ.
    [new Error("a"), new Error("a")],
    [new Uint8Array([1, 2]), new Uint8Array([1, 3])],
    [new Uint8Array([1, 2]), new Int8Array([1, 2])],
    [new Set([{ a: 1 }]), new Set([{ a: 2 }])],
    [new Map([["a", 1]]), new Map([["a", 2]])],
    [new Map([["a", 1]]), new Map([["b", 1]])],
    [{ [Symbol.iterator]: 1 }, { [Symbol.iterator]: 2 }],
  ];
  for (const [a, b] of pairs) assertFalse(equal(a, b), Deno.inspect(a));
});

Deno.test("equal() ends on a cycle", () => {
  const makeCycle = (name: string) => {
    const cycle: { name: string; self?: unknown } = { name };
    cycle.self = cycle;
    return cycle;
  };
  assert(equal(makeCycle("a"), makeCycle("a")));
  assertFalse(equal(makeCycle("a"), makeCycle("b")));
});

Deno.test("assertEquals() shows the lines that differ", () => {
  const error = assertThrows(() => assertEquals({ a: 1, b: "x" }, { a: 1, b: "y" }, "own words"), AssertionError);
  assertStringIncludes(error.message, "own words");
  assertMatch(error.message, /^.*-.*b: .x./m);
  assertMatch(error.message, /^.*\+.*b: .y./m);
  assertEqualsAlone(1, 1);
});

Deno.test("assertNotEquals() throws on equal values", () => {
  assertNotEquals([1], [2]);
  assertThrows(() => assertNotEquals([1], [1]), AssertionError);
});

Deno.test("assertStrictEquals() compares by identity", () => {
  const one = {};
  assertStrictEquals(one, one);
  assertNotStrictEquals(one, {});
  assertThrows(() => assertStrictEquals(one, {}), AssertionError);
  assertThrows(() => assertNotStrictEquals(one, one), AssertionError);
  assertThrows(() => assertStrictEquals(0, -0), AssertionError);
});

Deno.test("assertThrows() checks class and message, and returns the error", () => {
  const throwing = () => {
    throw new RangeError("too far");
  };
  assertStrictEquals(assertThrows(throwing, RangeError, "far").message, "too far");
  assertThrows(() => assertThrows(throwing, TypeError), AssertionError);
  assertThrows(() => assertThrows(throwing, RangeError, "near"), AssertionError);
  assertThrows(() => assertThrows(() => 1), AssertionError);
});

Deno.test("assertRejects() checks class and message, and returns the error", async () => {
  const rejecting = () => Promise.reject(new RangeError("too far"));
  assertStrictEquals((await assertRejects(rejecting, RangeError, "far")).message, "too far");
  await assertRejects(() => assertRejects(rejecting, TypeError), AssertionError);
  await assertRejects(() => assertRejects(() => Promise.resolve(1)), AssertionError);
});

Deno.test("assertRejects() refuses a function that throws", async () => {
  const throwing = (): Promise<never> => {
    throw new RangeError("too far");
  };
  await assertRejects(() => assertRejects(throwing, RangeError), AssertionError, "throws when expected to reject");
});

Deno.test("assertObjectMatch() ignores what the pattern doesn't name", () => {
  assertObjectMatch({ a: 1, b: { c: 2, d: 3 }, e: [{ f: 1, g: 2 }] }, { b: { c: 2 }, e: [{ f: 1 }] });
  assertThrows(() => assertObjectMatch({ a: 1, b: 2 }, { a: 2 }), AssertionError);
  assertThrows(() => assertObjectMatch({ a: 1 }, { b: 1 }), AssertionError);
});

Deno.test("assertArrayIncludes() compares members deeply", () => {
  assertArrayIncludes([{ a: 1 }, { a: 2 }, { a: 3 }], [{ a: 3 }, { a: 1 }]);
  assertThrows(() => assertArrayIncludes([{ a: 1 }], [{ a: 2 }]), AssertionError);
});

Deno.test("assertions about one value throw AssertionError where they do not hold", () => {
  assertThrows(() => assert(0), AssertionError);
  assertThrows(() => assertFalse(1), AssertionError);
  assertThrows(() => assertExists(null), AssertionError);
  assertThrows(() => assertMatch("a", /b/), AssertionError);
  assertThrows(() => assertStringIncludes("a", "b"), AssertionError);
  assertThrows(() => assertInstanceOf(new Date(), RegExp), AssertionError);
  assertThrows(() => assertIsError("a"), AssertionError);
  assertThrows(() => fail("never"), AssertionError, "never");
});

Deno.test("assertions narrow the type of what they check", () => {
  const value: unknown = new Map<string, number>();
  assertInstanceOf(value, Map);
  assertEquals(value.size, 0);
  const first: number | undefined = [1].at(0);
  assertExists(first);
  assertEquals(first.toFixed(1), "1.0");
});
