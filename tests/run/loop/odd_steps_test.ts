import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { TransactionAborted } from "../../../lib/errors/running_errors.ts";
import { env } from "../../../lib/plan/ref.ts";
import { PlanBuilder } from "../../../lib/plan/plan_builder.ts";
import type { Notice } from "../../../lib/run/options/observer.ts";
import { MemoryStore } from "../../support/memory_store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import {
  effects,
  generate,
  makeUser,
  note,
  ODD_VALUES,
  returnOdd,
  takeEffects,
  throwOdd,
} from "../../support/programs/sample_steps.ts";
import { eventsOf, historyOf, resumeSample, runSample } from "../../support/programs/sample_transaction.ts";

for (const what of Object.keys(ODD_VALUES)) {
  permittedTest(`a step that returns ${what} is finished`, ["read"], async () => {
    const store = new MemoryStore();
    await runSample(store, "j", (t) => void t.do(returnOdd, what), { keep: true });
    assertEquals((await historyOf(store, "j")).at(-1), "finished 1, ended");
    assertEquals(takeEffects(), ["odd"]);
  });

  permittedTest(`a step that throws ${what} has failed, in few bytes`, ["read"], async () => {
    const store = new MemoryStore();
    await assertRejects(() => runSample(store, "j", (t) => void t.do(throwOdd, what)), TransactionAborted);
    assertEquals((await historyOf(store, "j")).at(-1), "failed 1, aborted 1");
    const failed = (await eventsOf(store, "j")).find((event) => event.type === "failed");
    const bytes = new TextEncoder().encode(JSON.stringify(failed)).length;
    assertEquals(bytes < 13_000, true, `${bytes} bytes`);
    assertEquals(takeEffects(), ["odd"]);
  });
}

Deno.test("do() refuses a generator, of which a call runs nothing", () => {
  assertThrows(() => new PlanBuilder().planner({}).do(generate), TypeError, 'step 1 "generate": ');
  assertEquals(effects, []);
});

Deno.test("seal() refuses a variable of the environment as the transaction's value", () => {
  assertThrows(() => new PlanBuilder().seal([env("KEY")]), TypeError, " env(…)");
});

permittedTest("a transaction whose own value is not to be had has finished all the same", ["read"], async () => {
  const store = new MemoryStore();
  const build = (t: Parameters<Parameters<typeof runSample>[2]>[0]) => {
    const user: { get(key: string): { get(key: string): unknown } } = t.do(makeUser, "Ana") as never;
    return user.get("boss").get("name");
  };
  const message = "The transaction has finished, but its own value is not available";
  await assertRejects(() => runSample(store, "j", build, { keep: true }), TypeError, message);
  assertEquals((await historyOf(store, "j")).at(-1), "finished 1, ended");
  await assertRejects(() => resumeSample(store, "j"), TypeError, message);
  assertEquals(takeEffects(), ["user Ana"]);
});

permittedTest("an observer that fails later, or in an odd way, does not touch the run", ["read"], async () => {
  const store = new MemoryStore();
  const notices: string[] = [];
  const notice = ({ kind, journal }: Notice) => void notices.push(`${kind} ${journal}`);
  const late = { event: () => Promise.reject(new Error("late")), notice };
  assertEquals(await runSample(store, "a", (t) => t.do(note, "a"), { observer: late }), "a");
  const odd = {
    event: () => {
      throw Object.create(null);
    },
    notice,
  };
  assertEquals(await runSample(store, "b", (t) => t.do(note, "b"), { observer: odd }), "b");
  const hopeless = { ...odd, notice: odd.event };
  assertEquals(await runSample(store, "c", (t) => t.do(note, "c"), { observer: hopeless }), "c");
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(notices.toSorted(), ["observer-failed a", "observer-failed b"]);
  assertEquals(takeEffects(), ["a", "b", "c"]);
});
