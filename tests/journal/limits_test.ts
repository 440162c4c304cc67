/** The planner and the validator of journals have one set of limits: what one refuses, the other does not take. */
import { assertEquals, assertThrows } from "@std/assert";
import { parseEvent } from "../../lib/journal/event.ts";
import type { StepOptions } from "../../lib/plan/step_options.ts";
import { PlanBuilder } from "../../lib/plan/plan_builder.ts";
import { env } from "../../lib/plan/ref.ts";
import { checkMeta } from "../../lib/values/annotations.ts";

/** Numbers at each end of each limit, and beyond. */
const NUMBERS = [-1, 0, Number.MIN_VALUE, 0.5, 1, 1.5, 2, 1e6, 1e6 + 1, 1e7, 1e7 + 1, 1e12, 1e12 + 1, 1e15, 1e308];

function accepts(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}

function isNode(more: object): boolean {
  const node = { id: "1", kind: "step", module: 0, export: "f", ...more };
  return "event" in parseEvent({ type: "planned", nodes: [node] });
}

function isPlanned(options: object): boolean {
  return accepts(() => new PlanBuilder().planner({}).do(Math.max, 1).with(options as StepOptions<[], number>));
}

Deno.test("a journal takes the numbers of an option that the planner takes", () => {
  for (const value of NUMBERS) {
    for (const key of ["maxAttempts", "delayMs", "factor", "maxDelayMs", "jitter"]) {
      const options = { retry: { [key]: value } };
      assertEquals([key, value, isNode({ options })], [key, value, isPlanned(options)]);
    }
    assertEquals(["timeoutMs", value, isNode({ options: { timeoutMs: value } })], [
      ...["timeoutMs", value],
      isPlanned({ timeoutMs: value }),
    ]);
    const isSlept = accepts(() => new PlanBuilder().planner({}).sleep(value));
    const sleep = { type: "planned", nodes: [{ id: "1", kind: "sleep", ms: value }] };
    assertEquals(["sleep", value, "event" in parseEvent(sleep)], ["sleep", value, isSlept]);
  }
});

Deno.test("a journal takes the numbers of steps that the planner gives", () => {
  const highest = 99_999_999;
  const builder = new PlanBuilder({ parent: "1", next: highest });
  const t = builder.planner({});
  t.sleep(1);
  assertThrows(() => t.sleep(1), RangeError, String(highest));
  const [node] = builder.seal(undefined).nodes;
  assertEquals([node?.id, isNode({ id: node?.id }), isNode({ id: `1.${highest + 1}` })], [`1.${highest}`, true, false]);
});

Deno.test("a journal takes no date that does not exist", () => {
  for (const until of ["2026-13-01T00:00:00.000Z", "2026-01-01T25:00:00.000Z", "0000-00-00T00:00:00.000Z"]) {
    const event = { type: "waiting", step: "1", for: "time", until };
    assertEquals([until, "event" in parseEvent(event)], [until, false]);
  }
});

Deno.test("a journal takes the names of environment variables that env() takes", () => {
  for (const name of ["", "A", "A=B", "=", "A\0", "é", "a b"]) {
    const isStored = accepts(() => checkMeta(name, { values: [["custom", "env"]], v: 1 }));
    assertEquals([name, isStored], [name, accepts(() => env(name))]);
  }
});
