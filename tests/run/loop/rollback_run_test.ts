/** What a rollback undoes, in which order, and what a failure or a crash in the middle leaves. */
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { DecisionRefused } from "../../../lib/errors/decision_errors.ts";
import {
  TransactionAborted,
  TransactionClosed,
  TransactionPaused,
  TransactionUndone,
} from "../../../lib/errors/running_errors.ts";
import type { Event } from "../../../lib/journal/event.ts";
import type { Planner } from "../../../lib/plan/planner.ts";
import { rollbackJournal } from "../../../lib/run/start/continue_journal.ts";
import { MemoryStore } from "../../support/memory_store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { add, addEach, calm, forget, remove, takeLog, upset, wasAdded } from "../../support/programs/flow_steps.ts";
import { recordsOf, resumeToEnd, runFlow, storeOf } from "../../support/programs/flow_transaction.ts";
import { addAll, failedStore, statusesOf } from "../../support/programs/rollback_flow.ts";
import { historyOf, resumeSample } from "../../support/programs/sample_transaction.ts";

permittedTest(
  "rollbackJournal() undoes what has happened, the last first, and names what stays",
  ["read"],
  async () => {
    const store = await failedStore();
    assertEquals((await rollbackJournal(store, "j", { by: "ana", why: "not wanted" })).left, ["2"]);
    assertEquals(takeLog(), ["-c&d", "-d", "-c", "-a"]);
    assertEquals(await statusesOf(store), [
      "undone",
      "1 undone",
      "2 finished",
      "3.1 undone",
      "3.2 undone",
      "4 undone",
      "5 failed",
    ]);
    assertEquals((await historyOf(store, "j")).slice(-6), [
      "resumed, decided",
      "undoing 4",
      "undone 4, undoing 3.2",
      "undone 3.2, undoing 3.1",
      "undone 3.1, undoing 1",
      "undone 1, undone",
    ]);
    await assertRejects(() => resumeSample(store, "j"), TransactionClosed);
    await assertRejects(() => rollbackJournal(store, "j", {}), DecisionRefused, " step 2 ");
    takeLog();
  },
);

permittedTest("rollbackJournal() leaves the step that it is told to, and all before it", ["read"], async () => {
  const store = await failedStore();
  assertEquals((await rollbackJournal(store, "j", { to: "3.1" })).left, []);
  assertEquals(takeLog(), ["-c&d", "-d"]);
  assertEquals((await rollbackJournal(store, "j", { to: "first" })).left, ["2"], "it can go on from there");
  assertEquals(takeLog(), ["-c"]);
  await rollbackJournal(store, "j", {});
  assertEquals(takeLog(), ["-a"]);
});

permittedTest(
  "rollbackJournal() with strict refuses beforehand what cannot be undone as a whole",
  ["read"],
  async () => {
    const store = await failedStore();
    const before = await recordsOf(store);
    await assertRejects(() => rollbackJournal(store, "j", { strict: true }), DecisionRefused, " step 2 ");
    await assertRejects(() => rollbackJournal(store, "j", { to: "7" }), DecisionRefused, " step 7: ");
    assertEquals(await recordsOf(store), before);
    assertEquals((await rollbackJournal(store, "j", { strict: true, to: "2" })).left, []);
    assertEquals(takeLog(), ["-c&d", "-d", "-c"]);
  },
);

permittedTest("rollbackJournal() refuses when nothing has happened", ["read"], async () => {
  const store = await failedStore((t) => void t.do(add, "last").with({ undo: remove }));
  await assertRejects(() => rollbackJournal(store, "j", {}), DecisionRefused);
});

permittedTest("a crash behind any record of a rollback is gone on from", ["read"], async () => {
  const whole = await failedStore();
  const before = (await recordsOf(whole)).length;
  await rollbackJournal(whole, "j", {});
  assertEquals(takeLog(), ["-c&d", "-d", "-c", "-a"]);
  const records = await recordsOf(whole);
  for (let kept = before + 1; kept < records.length; kept += 1) {
    const found: readonly Event[] = records.slice(0, kept).flat();
    const undone = found.filter(({ type }) => type === "undone").length;
    const store = await storeOf(records.slice(0, kept));
    // Of the undo at work nobody knows whether it has happened.
    await assertRejects(() => resumeToEnd(store, "retry"), TransactionUndone);
    assertEquals(takeLog(), ["-c&d", "-d", "-c", "-a"].slice(undone), `behind record ${kept}`);
    assertEquals((await statusesOf(store))[0], "undone");
  }
});

permittedTest("of an undo that was interrupted it is asked whether it has happened", ["read"], async () => {
  const whole = await failedStore();
  await rollbackJournal(whole, "j", {});
  takeLog();
  const records = await recordsOf(whole);
  const position = records.findIndex((events) => events.some((event) => event.type === "undoing"));
  const store = await storeOf(records.slice(0, position + 1));
  const paused = await assertRejects(() => resumeSample(store, "j"), TransactionPaused);
  assertEquals([paused.step, paused.question], ["4", "undone"]);
  assertEquals(paused.answers.map(({ decision }) => decision), ["retry", "done", "skip"]);
  const asked = await recordsOf(store);
  await assertRejects(() => rollbackJournal(store, "j", {}), TransactionPaused);
  assertEquals(await recordsOf(store), asked, "asking again writes nothing");
  await assertRejects(() => resumeToEnd(store, "done"), TransactionUndone);
  assertEquals(takeLog(), ["-d", "-c", "-a"]);
});

/** A journal whose second step was at work when its process died. */
async function interruptedStore(options: object = {}): Promise<MemoryStore> {
  calm();
  const whole = new MemoryStore();
  await runFlow(whole, (t) => {
    t.do(add, "a").with({ undo: remove });
    t.do(add, "b").with({ undo: remove, ...options });
  }, { keep: true });
  takeLog();
  return await storeOf((await recordsOf(whole)).slice(0, 3));
}

permittedTest(
  "of a step that was interrupted a rollback asks whether there is something to undo",
  ["read"],
  async () => {
    const expected = { done: ["-b of undefined", "-a"], skip: ["-a"] };
    for (const decision of ["done", "skip"] as const) {
      const store = await interruptedStore({ interrupted: "retry" });
      const paused = await assertRejects(() => rollbackJournal(store, "j", {}), TransactionPaused);
      assertEquals([paused.step, paused.question], ["2", "happened"]);
      const retry = { decisions: [{ step: "2", decision: "retry" }] } as const;
      const refused = await assertRejects(() => resumeSample(store, "j", retry), DecisionRefused);
      assertEquals(refused.code, "not to be run");
      const decide = () => resumeSample(store, "j", { decisions: [{ step: "2", decision }] });
      await assertRejects(decide, TransactionUndone);
      assertEquals(takeLog(), expected[decision]);
    }
  },
);

permittedTest("a rollback believes the probe of a step that was interrupted", ["read"], async () => {
  for (const [mood, effects] of [["happened", "-b,-a"], ["missing", "-a"]] as const) {
    const store = await interruptedStore({ interrupted: wasAdded });
    await assertRejects(() => rollbackJournal(store, "j", {}), TransactionPaused);
    upset(mood);
    await assertRejects(() => resumeSample(store, "j"), TransactionUndone);
    assertEquals(takeLog().join(), effects);
  }
});

permittedTest('an undo that was interrupted is called again with interrupted: "retry"', ["read"], async () => {
  const build = (t: Planner) => {
    t.do(add, "a").with({ undo: remove, interrupted: "retry" });
    t.do(add, "last");
  };
  const whole = await failedStore(build);
  await rollbackJournal(whole, "j", {});
  const store = await storeOf((await recordsOf(whole)).slice(0, -1));
  await assertRejects(() => resumeSample(store, "j"), TransactionUndone);
  assertEquals(takeLog(), ["-a", "-a"]);
});

permittedTest("a plan that a step has returned is undone step by step, and then the step", ["read"], async () => {
  const build = (t: Planner) => {
    t.do(addEach, ["a", "b"]).with({ undo: forget });
    t.do(add, "last");
  };
  const store = await failedStore(build);
  await rollbackJournal(store, "j", {});
  assertEquals(takeLog(), ["-b", "-a", "forgets ab: ab"]);
});

permittedTest("a plan that was returned and has not come to its end can be undone as well", ["read"], async () => {
  const store = await failedStore((t) => void t.do(addEach, ["a", "last"]).with({ undo: forget }));
  await rollbackJournal(store, "j", {});
  assertEquals(takeLog(), ["-a", "forgets alast: undefined"]);
});

permittedTest("a transaction that has finished and was kept can be rolled back", ["read"], async () => {
  calm();
  const store = new MemoryStore();
  await runFlow(store, addAll, { keep: true });
  takeLog();
  await rollbackJournal(store, "j", { to: "4" });
  assertEquals(takeLog(), ["-last"]);
  assertEquals((await statusesOf(store))[0], "undone");
});

permittedTest('with onFailure: "rollback" a step that fails for good has the rest undone', ["read"], async () => {
  calm();
  upset("last");
  const store = new MemoryStore();
  const error = await assertRejects(() => runFlow(store, addAll, { onFailure: "rollback" }), TransactionUndone);
  assertEquals([error.step, error.left], ["5", ["2"]]);
  assertMatch(error.message, /^Step 5 "add" .*: RangeError: no last\n.* Steps 1, 3\.1, 3\.2, 4: undone\b/);
  assertEquals((error.cause as Error).message, "no last");
  assertEquals(takeLog(), ["+a", "+b", "+c", "+d", "+c&d", "-c&d", "-d", "-c", "-a"]);
  assertEquals((await statusesOf(store))[0], "undone");
});

permittedTest("a rollback because of a failure goes on after a crash behind any of its records", ["read"], async () => {
  calm();
  upset("last");
  const whole = new MemoryStore();
  await assertRejects(() => runFlow(whole, addAll, { onFailure: "rollback" }), TransactionUndone);
  takeLog();
  const records = await recordsOf(whole);
  const first = records.findIndex((events) => events.some(({ type }) => type === "decided"));
  for (let kept = first + 1; kept < records.length; kept += 1) {
    const store = await storeOf(records.slice(0, kept));
    const undone = records.slice(0, kept).flat().filter(({ type }) => type === "undone").length;
    await assertRejects(() => resumeToEnd(store, "retry"), TransactionUndone);
    assertEquals(takeLog(), ["-c&d", "-d", "-c", "-a"].slice(undone), `behind record ${kept}`);
  }
});

permittedTest(
  "rollbackJournal() with strict refuses to go on where a step stays, and does nothing",
  ["read"],
  async () => {
    const store = await failedStore();
    upset("-a");
    await assertRejects(() => rollbackJournal(store, "j", {}), TransactionAborted);
    takeLog();
    calm();
    const before = await statusesOf(store);
    await assertRejects(() => rollbackJournal(store, "j", { strict: true }), DecisionRefused, " step 2 ");
    assertEquals([takeLog(), await statusesOf(store)], [[], before]);
    assertEquals((await rollbackJournal(store, "j", {})).left, ["2"]);
  },
);
