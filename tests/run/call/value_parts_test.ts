import { assertEquals, assertRejects } from "@std/assert";
import type { Planner } from "../../../lib/plan/planner.ts";
import { TransactionAborted } from "../../../lib/errors/running_errors.ts";
import { plan } from "../../../lib/plan/sub_plan.ts";
import { MemoryStore } from "../../support/memory_store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { give, given, pass, setReady, take, taken } from "../../support/programs/value_steps.ts";
import { eventsOf, resumeSample, runSample } from "../../support/programs/sample_transaction.ts";

const STEPS = import.meta.resolve("../../support/programs/value_steps.ts");

/** Takes any part of any step, which the compiler would refuse. */
function partOf(step: unknown, path: readonly string[]): never {
  return path.reduce<{ get(key: string): never }>((ref, key) => ref.get(key), step as never) as never;
}

const PARTS: readonly (readonly [what: string, make: () => unknown, path: readonly string[], part: unknown])[] = [
  ["a URL", () => new URL("https://u:p@a.example:8/b?c#d"), ["href"], "https://u:p@a.example:8/b?c#d"],
  ["a URL", () => new URL("https://u:p@a.example:8/b?c#d"), ["origin"], "https://a.example:8"],
  ["a URL in an object", () => ({ at: [new URL("a:b")] }), ["at", "0", "protocol"], "a:"],
  ["a Map", () => new Map([[1, 2], [3, 4]]), ["size"], 2],
  ["a Set", () => new Set([1]), ["size"], 1],
  ["bytes", () => new Uint8Array([7, 8, 9]), ["length"], 3],
  ["bytes", () => new Uint8Array([7, 8, 9]), ["byteLength"], 3],
  ["bytes", () => new Uint8Array([7, 8, 9]), ["1"], 8],
  ["an error", () => new RangeError("too far"), ["name"], "RangeError"],
  ["an error", () => new RangeError("too far"), ["message"], "too far"],
  ["an error without a message", () => new Error(), ["message"], ""],
  ["an error's cause", () => new Error("a", { cause: { code: 5 } }), ["cause", "code"], 5],
  ["a pattern", () => /a+/gi, ["source"], "a+"],
  ["a pattern", () => /a+/gi, ["flags"], "gi"],
  ["a pattern", () => /a+/gi, ["global"], true],
  ["a text", () => "four", ["length"], 4],
  ["a text", () => "four", ["1"], "o"],
  ["a list", () => ["a", "b"], ["length"], 2],
  ["an object", () => ({ a: { b: 1n } }), ["a", "b"], 1n],
  ["a member that is there and undefined", () => ({ a: undefined }), ["a"], undefined],
  ["an object that has a member of such a name", () => ({ toString: 1, constructor: 2 }), ["constructor"], 2],
];

const MISSING: readonly (readonly [make: () => unknown, path: readonly string[], message: string])[] = [
  [() => ({ a: 1 }), ["b"], 'Cannot take "b" of the value of step 1: it has no such part'],
  [() => ({ a: {} }), ["a", "b", "c"], 'Cannot take "b" of the value of step 1.a: it has no such part'],
  [() => ({ a: null }), ["a", "b"], 'Cannot take "b" of the value of step 1.a: it is null'],
  [() => undefined, ["a"], 'Cannot take "a" of the value of step 1: it is undefined'],
  [() => ["a"], ["1"], 'Cannot take "1" of the value of step 1: it has no such part'],
  [() => ["a"], ["map"], 'Cannot take "map" of the value of step 1: it has no such part'],
  [() => "a", ["trim"], 'Cannot take "trim" of the value of step 1: it has no such part'],
  [() => 1, ["toFixed"], 'Cannot take "toFixed" of the value of step 1: it has no such part'],
  [() => ({}), ["toString"], 'Cannot take "toString" of the value of step 1: it has no such part'],
  [() => ({}), ["constructor"], 'Cannot take "constructor" of the value of step 1: it has no such part'],
  [() => ({}), ["__proto__"], 'Cannot take "__proto__" of the value of step 1: it has no such part'],
  [() => new URL("a:b"), ["searchParams"], 'Cannot take "searchParams" of the value of step 1: it has no such part'],
  [() => new Map([["a", 1]]), ["a"], 'Cannot take "a" of the value of step 1: it has no such part'],
  [() => new Date(0), ["getTime"], 'Cannot take "getTime" of the value of step 1: it has no such part'],
  [() => new Uint8Array(2), ["buffer"], 'Cannot take "buffer" of the value of step 1: it has no such part'],
  [() => new Error("a"), ["cause"], 'Cannot take "cause" of the value of step 1: it has no such part'],
  [() => ({ size: 1 }), ["length"], 'Cannot take "length" of the value of step 1: it has no such part'],
];

/** Each build takes all the parts of all the values. The first run stops between the value and its use, so a resume uses it. */
async function runStopped(build: (t: Planner) => unknown): Promise<unknown> {
  const store = new MemoryStore();
  setReady(false);
  await assertRejects(() => runSample(store, "j", build, { keep: true }, STEPS), TransactionAborted);
  setReady(true);
  return await resumeSample(store, "j");
}

permittedTest("a ref gives every part that is there, in a first run and in a resume", ["read"], async () => {
  for (const [index, [, make]] of PARTS.entries()) given.set(String(index), make);
  const build = (t: Planner) => {
    const steps = PARTS.map((_, index) => t.do(give, String(index)));
    t.do(pass);
    const parts = PARTS.map(([, , path], index) => partOf(steps[index], path));
    t.parallel((p) => void p.do(take, ...parts));
    return parts;
  };
  const expected = PARTS.map(([, , , part]) => part);
  setReady(true);
  const values = [await runSample(new MemoryStore(), "j", build, {}, STEPS), await runStopped(build)];
  assertEquals(values, [expected, expected]);
  assertEquals(taken.splice(0), [...expected, ...expected]);
});

permittedTest("a ref to a part that is not there starts no step and is never undefined", ["read"], async () => {
  for (const [make, path, message] of MISSING) {
    given.set("it", make);
    const build = (t: Planner) => {
      const step = t.do(give, "it");
      t.do(pass);
      t.do(take, { in: [partOf(step, path)] });
    };
    const store = new MemoryStore();
    const error = await assertRejects(() => runSample(store, "j", build, {}, STEPS), TransactionAborted, message);
    await assertRejects(() => resumeSample(store, "j"), TransactionAborted, message);
    await assertRejects(() => runStopped(build), TransactionAborted, message);
    assertEquals(error.step, "3");
    assertEquals((await eventsOf(store, "j")).map(({ type }) => type).slice(-3), ["aborted", "resumed", "aborted"]);
  }
  assertEquals(taken, []);
});

permittedTest("a transaction whose own value lacks a part keeps its journal, and says which", ["read"], async () => {
  for (const [make, path, message] of MISSING) {
    given.set("it", make);
    const store = new MemoryStore();
    const build = (t: Planner) => ({ part: partOf(t.do(give, "it"), path) });
    const whole = `The transaction has finished, but its own value is not available: ${message}`;
    await assertRejects(() => runSample(store, "j", build, {}, STEPS), TypeError, whole);
    assertEquals((await eventsOf(store, "j")).at(-1)?.type, "ended");
    await assertRejects(() => resumeSample(store, "j"), TypeError, whole);
  }
});

permittedTest("the plan of a step takes parts by the same rule", ["read"], async () => {
  given.set("it", () => new URL("a:b"));
  given.set("plan", () => plan((t) => partOf(t.do(give, "it"), ["pathname"])));
  const build = (path: readonly string[]) => (t: Planner) => void t.do(take, partOf(t.do(give, "plan"), path));
  await runSample(new MemoryStore(), "j", build([]), {}, STEPS);
  assertEquals(taken.splice(0), ["b"]);
  const message = 'Cannot take "hostname" of the value of step 1: it has no such part';
  await assertRejects(
    () => runSample(new MemoryStore(), "j", build(["hostname"]), {}, STEPS),
    TransactionAborted,
    message,
  );
});
