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
    assertThrows(() => sleepTime(ms), RangeError, ` ${ms} ms: `);
  }
  assertThrows(() => sleepTime(new Date(NaN)), RangeError, " invalid Date");
  assertThrows(() => sleepTime(new Date(8.64e15)), RangeError, " 0 to 9999");
  const ref = new PlanBuilder().planner({}).waitFor("go");
  for (const time of ["5", null, undefined, 5n, { ms: 5 }, ref]) {
    const given: { readonly time: never } = { time: time as never };
    assertThrows(() => sleepTime(given.time), TypeError, " milliseconds, ");
  }
});

Deno.test("sleep() and waitFor() refuse other options and bad names, and add nothing", () => {
  const builder = new PlanBuilder();
  const t = builder.planner({});
  const options = JSON.parse('{"interrupted":"retry"}');
  assertThrows(() => t.sleep(1, options), TypeError, ' option "interrupted" of a sleep: ');
  assertThrows(() => t.waitFor("go", options), TypeError, ' option "interrupted" of a wait: ');
  assertThrows(() => t.sleep(1, { name: "a b" }), TypeError, ' sleep "a b": ');
  assertThrows(() => t.waitFor("go", { name: "a b" }), TypeError, ' wait "a b": ');
  assertThrows(() => t.sleep(-1), RangeError);
  for (const signal of ["", "2nd", "a b", "x".repeat(101)]) {
    assertThrows(() => t.waitFor(signal), TypeError, ` signal ${JSON.stringify(signal)}: `);
  }
  assertThrows(() => t.waitFor(JSON.parse("3")), TypeError, " type number: ");
  assertEquals(builder.seal(undefined).nodes, []);
});

Deno.test("a ref to what a signal brings cannot be used as a value", () => {
  const ref = new PlanBuilder().planner({}).waitFor<string>("go");
  assertThrows(() => `${ref}`, TypeError, " step 1 as text");
});
