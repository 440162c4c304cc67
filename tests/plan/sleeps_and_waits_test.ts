import { assertEquals, assertThrows } from "@std/assert";
import { PlanBuilder } from "../../lib/plan/plan_builder.ts";
import { sleepTime } from "../../lib/plan/planner.ts";

function send(..._args: readonly unknown[]): void {}

Deno.test("sleep() and waitFor() are nodes of the plan", () => {
  const builder = new PlanBuilder();
  const t = builder.planner({ timeoutMs: 5 });
  t.sleep(1500);
  t.sleep(new Date("2030-01-02T03:04:05.678Z"), { name: "newYear" });
  const approval = t.waitFor<{ by: string }>("approval");
  t.waitFor("approval", { name: "again" });
  t.do(send, approval.get("by"));
  const { nodes, value } = builder.seal([approval]);
  assertEquals(nodes.slice(0, 4), [
    { id: "1", kind: "sleep", ms: 1500 },
    { id: "2", name: "newYear", kind: "sleep", until: "2030-01-02T03:04:05.678Z" },
    { id: "3", kind: "wait", signal: "approval" },
    { id: "4", name: "again", kind: "wait", signal: "approval" },
  ]);
  assertEquals(nodes[4]?.kind === "step" ? nodes[4].args.value : undefined, [{ step: "3", path: ["by"] }]);
  assertEquals(value.value, [{ step: "3" }]);
});

Deno.test("sleepTime() takes any time that a journal can hold", () => {
  assertEquals(sleepTime(0), { ms: 0 });
  assertEquals(Object.is(sleepTime(-0).ms, 0), true);
  assertEquals(sleepTime(0.5), { ms: 0.5 });
  assertEquals(sleepTime(1e12), { ms: 1e12 });
  assertEquals(sleepTime(new Date(0)), { until: "1970-01-01T00:00:00.000Z" });
});

Deno.test("sleepTime() refuses what is no time", () => {
  for (const ms of [-1, NaN, Infinity, 1e12 + 1]) {
    assertThrows(() => sleepTime(ms), RangeError, `Cannot sleep ${ms} ms: use 0 to 1000000000000`);
  }
  assertThrows(() => sleepTime(new Date(NaN)), RangeError, "an invalid Date");
  assertThrows(() => sleepTime(new Date(8.64e15)), RangeError, "use a year from 0 to 9999");
  const ref = new PlanBuilder().planner({}).waitFor("go");
  for (const time of ["5", null, undefined, 5n, { ms: 5 }, ref]) {
    const given: { readonly time: never } = { time: time as never };
    assertThrows(() => sleepTime(given.time), TypeError, "pass a number of milliseconds, or a Date");
  }
});

Deno.test("sleep() and waitFor() refuse other options and bad names, and add nothing", () => {
  const builder = new PlanBuilder();
  const t = builder.planner({});
  const options = JSON.parse('{"interrupted":"retry"}');
  assertThrows(() => t.sleep(1, options), TypeError, 'Unknown option "interrupted" of a sleep: use name');
  assertThrows(() => t.waitFor("go", options), TypeError, 'Unknown option "interrupted" of a wait: use name');
  assertThrows(() => t.sleep(1, { name: "a b" }), TypeError, 'Cannot name a sleep "a b"');
  assertThrows(() => t.waitFor("go", { name: "a b" }), TypeError, 'Cannot name a wait "a b"');
  assertThrows(() => t.sleep(-1), RangeError);
  for (const signal of ["", "2nd", "a b", "x".repeat(101)]) {
    assertThrows(() => t.waitFor(signal), TypeError, "Cannot name a signal");
  }
  assertThrows(() => t.waitFor(JSON.parse("3")), TypeError, "Cannot name a signal with a value of type number");
  assertEquals(builder.seal(undefined).nodes, []);
});

Deno.test("a ref to what a signal brings cannot be used as a value", () => {
  const ref = new PlanBuilder().planner({}).waitFor<string>("go");
  assertThrows(() => `${ref}`, TypeError, " step 1 as text");
});
