/** Runs a transaction for each change that a step makes to JavaScript itself, and prints what became of it as JSON. */
import { plan, Transaction } from "../../../mod.ts";

interface Change {
  readonly on: object;
  readonly key: PropertyKey;
  readonly value: unknown;
}

const wrap = (fn: (...args: never[]) => unknown) =>
  function (this: unknown, ...args: never[]) {
    return fn.apply(this, args);
  };

const { then: THEN } = Promise.prototype;

function fail(): never {
  throw new Error("broken");
}

const CHANGES = new Map<string, () => Change>([
  ["nothing", () => ({ on: {}, key: "a", value: 1 })],
  ["Array.prototype.toJSON", () => ({ on: Array.prototype, key: "toJSON", value: () => "an old library" })],
  ["Object.prototype.toJSON", () => ({ on: Object.prototype, key: "toJSON", value: () => "an old library" })],
  ["BigInt.prototype.toJSON", () => ({ on: BigInt.prototype, key: "toJSON", value: () => 1 })],
  ["Date.prototype.toJSON", () => ({ on: Date.prototype, key: "toJSON", value: () => 1 })],
  ["JSON.stringify, broken", () => ({ on: JSON, key: "stringify", value: () => "{}" })],
  ["JSON.stringify, wrapped", () => ({ on: JSON, key: "stringify", value: wrap(JSON.stringify) })],
  ["String.prototype.replace, broken", () => ({ on: String.prototype, key: "replace", value: () => "" })],
  ["Array.prototype.map, wrapped", () => ({ on: Array.prototype, key: "map", value: wrap(Array.prototype.map) })],
  ["Array.prototype.last, new", () => ({ on: Array.prototype, key: "last", value: () => 1 })],
  ["Object.prototype.extra, new", () => ({ on: Object.prototype, key: "extra", value: "an extra text" })],
  ["Array.prototype.map, broken", () => ({ on: Array.prototype, key: "map", value: () => [] })],
  ["Array.prototype.join, broken", () => ({ on: Array.prototype, key: "join", value: () => "" })],
  ["Object.keys, broken", () => ({ on: Object, key: "keys", value: () => [] })],
  ["Object.getOwnPropertyNames, broken", () => ({ on: Object, key: "getOwnPropertyNames", value: () => [] })],
  ["TextEncoder, broken", () => ({ on: TextEncoder.prototype, key: "encode", value: () => new Uint8Array(1) })],
  ["Array.prototype.push, broken", () => ({ on: Array.prototype, key: "push", value: () => 1 })],
  ["Array.prototype.push, throws", () => ({ on: Array.prototype, key: "push", value: fail })],
  ["Map.prototype.get, broken", () => ({ on: Map.prototype, key: "get", value: () => {} })],
  ["Promise.prototype.then, broken", () => ({ on: Promise.prototype, key: "then", value: () => {} })],
  ["Promise.prototype.then, wrapped", () => ({ on: Promise.prototype, key: "then", value: wrap(THEN) })],
  ["Promise, broken", () => ({ on: globalThis, key: "Promise", value: function () {} })],
  ["Object.getPrototypeOf, broken", () => ({ on: Object, key: "getPrototypeOf", value: () => 0 })],
  ["Math.max, broken", () => ({ on: Math, key: "max", value: () => 0 })],
  ["RegExp.prototype.test, broken", () => ({ on: RegExp.prototype, key: "test", value: () => false })],
  ["setTimeout, broken", () => ({ on: globalThis, key: "setTimeout", value: () => {} })],
  ["Date.now, wrapped", () => ({ on: Date, key: "now", value: wrap(Date.now) })],
  ["Object.prototype.value, new", () => ({ on: Object.prototype, key: "value", value: 5 })],
]);

let restore = () => {};
let calls = 0;
const { defineProperty, getOwnPropertyDescriptor } = Object;
const { deleteProperty } = Reflect;

export function change(name: string): unknown {
  calls += 1;
  const { on, key, value } = CHANGES.get(name)?.() ?? { on: {}, key: "a", value: 1 };
  const before = getOwnPropertyDescriptor(on, key);
  restore = () => void (before === undefined ? deleteProperty(on, key) : defineProperty(on, key, before));
  Reflect.set(on, key, value);
  return 1;
}

export function give(part: string): unknown {
  calls += 1;
  const map = new Map<unknown, unknown>();
  map.set("big", 5n);
  return { "list": [1, [part]], map };
}

export function planMore(part: string): unknown {
  return plan((t) => t.do(give, part));
}

if (import.meta.main) {
  const [folder = ""] = Deno.args;
  const results: unknown[] = [];
  for (const [index, name] of [...CHANGES.keys()].entries()) {
    calls = 0;
    const journal = `${folder}/${index}.json`;
    let end = "finished";
    let message = "";
    try {
      await Transaction.run(import.meta, (t) => {
        t.do(change, name);
        t.parallel((p) => [p.do(give, "é\n\u{1F600}"), p.do(give, "b")]);
        t.do(planMore, "c");
      }, { journal, keep: true });
    } catch (error) {
      if (error instanceof Error) ({ name: end, message } = error);
      else end = "?";
    } finally {
      restore();
    }
    const { status, steps } = await Transaction.inspect(journal);
    const dropped = steps.flatMap((step, index) => (step.dropped === undefined ? [] : [index]));
    const isTold = message.includes("Step 1 has finished, but this could not be recorded");
    results.push({ name, end, isTold, calls, status, steps: steps.map((step) => step.status), dropped });
  }
  console.log(JSON.stringify(results));
}
