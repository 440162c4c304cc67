/** Plans that steps return: what runs in their place, and what a crash at any moment leaves of them. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ModuleUnavailable } from "../../../lib/errors/planning_errors.ts";
import { TransactionAborted } from "../../../lib/errors/running_errors.ts";
import type { Event } from "../../../lib/journal/event.ts";
import type { Planner } from "../../../lib/plan/planner.ts";
import { MemoryStore } from "../../support/memory_store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import {
  addEach,
  addNested,
  calm,
  hidePlan,
  join,
  planMissing,
  takeLog,
  upset,
} from "../../support/programs/flow_steps.ts";
import { recordsOf, resumeToEnd, runFlow, storeOf } from "../../support/programs/flow_transaction.ts";
import { eventsOf, historyOf, resumeSample } from "../../support/programs/sample_transaction.ts";

function plan(t: Planner): unknown {
  const nested = t.do(addNested, "n");
  const none = t.do(addEach, []);
  return { nested, none, all: t.do(join, nested.get("rest") as never) };
}

const VALUE = { nested: { first: "n2", rest: ["n3", "n4"] }, none: [], all: "n3&n4" };
const EFFECTS = ["plans n", "+n1", "+n2", "plans n3n4", "+n3", "+n4", "plans ", "+n3&n4"];

permittedTest("a plan that a step returns runs in its place, and its value is the step's", ["read"], async () => {
  calm();
  // Tests of other files may have run in this isolate before.
  takeLog();
  const store = new MemoryStore();
  assertEquals(await runFlow(store, plan, { keep: true }), VALUE);
  assertEquals(takeLog(), EFFECTS);
  assertEquals((await historyOf(store, "j")).slice(1), [
    "started 1",
    "expanded 1, finished 1",
    "started 1.1.1, started 1.1.2",
    "finished 1.1.1, finished 1.1.2, started 1.2",
    "expanded 1.2, finished 1.2",
    "started 1.2.1",
    "finished 1.2.1, started 1.2.2",
    "finished 1.2.2, started 2",
    "finished 2, started 3",
    "finished 3, ended",
  ]);
});

permittedTest(
  "a crash behind any record of a plan within a plan loses nothing and repeats nothing",
  ["read"],
  async () => {
    calm();
    const whole = new MemoryStore();
    await runFlow(whole, plan, { keep: true });
    takeLog();
    const records = await recordsOf(whole);
    for (let kept = 1; kept <= records.length; kept += 1) {
      const found = records.slice(0, kept);
      // What was at work has happened or not; here it has not, or its traces are left out.
      const done = new Set(found.flat().flatMap((event) => (event.type === "finished" ? [event.step] : [])));
      const store = await storeOf(found);
      assertEquals(await resumeToEnd(store, "retry"), VALUE, `behind record ${kept}`);
      const steps = ["1", "1.1.1", "1.1.2", "1.2", "1.2.1", "1.2.2", "2", "3"];
      assertEquals(takeLog(), EFFECTS.filter((_, index) => !done.has(steps[index] ?? "")), `behind record ${kept}`);
    }
  },
);

permittedTest("a plan that was written down in part, and not counted, never was", ["read"], async () => {
  calm();
  const whole = new MemoryStore();
  await runFlow(whole, (t) => t.do(addEach, ["a", "b"]), { keep: true });
  takeLog();
  const records: Event[][] = (await recordsOf(whole)).map((events) => [...events]);
  const position = records.findIndex((events) => events.some(({ type }) => type === "expanded"));
  const [expanded] = records[position] ?? [];
  if (expanded === undefined) throw new RangeError("no plan was returned");
  const store = await storeOf([...records.slice(0, position), [expanded]]);
  assertEquals(await resumeToEnd(store, "retry"), ["a", "b"]);
  assertEquals(takeLog(), ["plans ab", "+a", "+b"]);
  const ids = (await eventsOf(store, "j")).flatMap((event) => (event.type === "started" ? [event.step] : []));
  assertEquals(ids, ["1", "1", "1.3", "1.4"], "numbers are not used twice");
});

permittedTest("a step of a returned plan that fails is run again alone", ["read"], async () => {
  calm();
  upset("b");
  const store = new MemoryStore();
  const error = await assertRejects(() => runFlow(store, (t) => t.do(addEach, ["a", "b"])), TransactionAborted);
  assertEquals(error.step, "1.2");
  calm();
  assertEquals(await resumeSample(store, "j"), ["a", "b"]);
  assertEquals(takeLog(), ["plans ab", "+a", "+b"]);
});

permittedTest("a plan that lies hidden in what a step returns is a failure, and not lost", ["read"], async () => {
  calm();
  const store = new MemoryStore();
  const error = await assertRejects(() => runFlow(store, (t) => void t.do(hidePlan)), TransactionAborted);
  assertStringIncludes(error.message, "returned a sub-plan inside of a larger value, where it would be lost");
  assertEquals((await historyOf(store, "j")).at(-1), "failed 1, aborted 1");
  assertEquals(takeLog(), ["hides"]);
});

permittedTest("no step of a returned plan begins when a function of another is missing", ["read"], async () => {
  calm();
  const store = new MemoryStore();
  const error = await assertRejects(() => runFlow(store, (t) => void t.do(planMissing)), TransactionAborted);
  assertEquals(error.step, "1.1");
  assertStringIncludes(error.message, "missing");
  assertEquals((await historyOf(store, "j")).slice(1), ["started 1", "expanded 1, finished 1", "aborted 1.1"]);
  await assertRejects(() => resumeSample(store, "j"), ModuleUnavailable, "missing");
  assertEquals(takeLog(), ["plans"], "and the step that returned it is not called again");
});
