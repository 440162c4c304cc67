import { assertEquals, assertRejects } from "@std/assert";
import { DecisionRefused } from "../../../lib/errors/decision_errors.ts";
import { JournalIncomplete, JournalLocked, JournalNotFound } from "../../../lib/errors/opening_errors.ts";
import { TransactionAborted, TransactionClosed, TransactionPaused } from "../../../lib/errors/running_errors.ts";
import type { Event } from "../../../lib/journal/event.ts";
import { MemoryStore } from "../../support/memory_store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { effects, failUnless, makeStream, makeUser, note, takeEffects } from "../../support/programs/sample_steps.ts";
import { historyOf, plannedNotes, resumeSample, runSample } from "../../support/programs/sample_transaction.ts";

const STARTED_1: Event = { type: "started", step: "1", attempt: 1, run: 1 };
const FINISHED_1: Event = { type: "finished", step: "1", attempt: 1, ms: 1 };

/** A store with a journal whose process has died. */
async function crashedStore(...records: readonly (readonly Event[])[]): Promise<MemoryStore> {
  const store = new MemoryStore();
  const [first = [], ...rest] = records;
  const journal = await store.create("j", first);
  for (const events of rest) await journal.append(events);
  store.crash("j");
  return store;
}

permittedTest("resumeJournal() refuses a journal whose plan is not complete", ["read"], async () => {
  const store = await crashedStore(plannedNotes(["a"]).slice(0, 2));
  await assertRejects(() => resumeSample(store, "j"), JournalIncomplete);
  assertEquals(await historyOf(store, "j"), ["opened, planned"]);
});

permittedTest("resumeJournal() runs all of a plan that was never begun", ["read"], async () => {
  const store = await crashedStore(plannedNotes(["a", "b"]));
  await resumeSample(store, "j");
  assertEquals(takeEffects(), ["a", "b"]);
  await assertRejects(() => historyOf(store, "j"), JournalNotFound);
});

permittedTest("resumeJournal() goes on between two steps", ["read"], async () => {
  const store = await crashedStore(plannedNotes(["a", "b"]), [STARTED_1], [FINISHED_1]);
  await resumeSample(store, "j", { keep: true });
  assertEquals(takeEffects(), ["b"]);
  assertEquals((await historyOf(store, "j")).slice(3), ["resumed", "started 2", "finished 2, ended"]);
});

permittedTest("resumeJournal() asks about a step that was started and never ended", ["read"], async () => {
  const store = await crashedStore(plannedNotes(["a", "b"]), [STARTED_1]);
  const error = await assertRejects(() => resumeSample(store, "j"), TransactionPaused);
  assertEquals([error.step, error.waitsFor], ["1", "decision"]);
  assertEquals(error.answers.map(({ decision }) => decision), ["retry", "done", "skip"]);
  const history = await historyOf(store, "j");
  assertEquals(history.slice(2), ["resumed", "waiting 1"]);
  await assertRejects(() => resumeSample(store, "j"), TransactionPaused);
  assertEquals(await historyOf(store, "j"), history);
  assertEquals(takeEffects(), []);
});

for (
  const [decision, expected] of [["retry", ["a", "b"]], ["done", ["b"]], ["skip", ["b"]]] as const
) {
  permittedTest(`resumeJournal() takes the decision ${decision} about an unknown step`, ["read"], async () => {
    const store = await crashedStore(plannedNotes(["a", "b"]), [STARTED_1]);
    await resumeSample(store, "j", { decisions: [{ step: "1", decision, by: "ana", why: "looked" }], keep: true });
    assertEquals(takeEffects(), [...expected]);
    const events = (await historyOf(store, "j"))[2];
    assertEquals(events, "resumed, decided 1");
  });
}

permittedTest("resumeJournal() takes a decision after it has asked", ["read"], async () => {
  const store = await crashedStore(plannedNotes(["a"]), [STARTED_1]);
  await assertRejects(() => resumeSample(store, "j"), TransactionPaused);
  await resumeSample(store, "j", { decisions: [{ step: "1", decision: "retry" }] });
  assertEquals(takeEffects(), ["a"]);
});

permittedTest('resumeJournal() repeats a step with "retry", three attempts in a row at most', ["read"], async () => {
  const plan = plannedNotes(["a"], { interrupted: "retry" });
  const started = (run: number): Event => ({ type: "started", step: "1", attempt: run, run });
  const resumed = (run: number): Event => ({ type: "resumed", run, library: "0.1.0" });
  const twice = await crashedStore(plan, [started(1)], [resumed(2), started(2)]);
  await resumeSample(twice, "j");
  assertEquals(takeEffects(), ["a"]);
  const thrice = await crashedStore(plan, [started(1)], [resumed(2), started(2)], [resumed(3), started(3)]);
  await assertRejects(() => resumeSample(thrice, "j"), TransactionPaused);
  assertEquals(takeEffects(), []);
  await resumeSample(thrice, "j", { decisions: [{ step: "1", decision: "retry" }] });
  assertEquals(takeEffects(), ["a"]);
});

permittedTest("resumeJournal() may fail five times and succeed the sixth", ["read"], async () => {
  const store = new MemoryStore();
  const plan = (t: Parameters<Parameters<typeof runSample>[2]>[0]) => {
    t.do(note, "a");
    t.do(failUnless, "cure");
    t.do(note, "c");
    return t.do(makeUser, "Ana").get("id");
  };
  await assertRejects(() => runSample(store, "j", plan), TransactionAborted);
  for (let time = 1; time <= 5; time += 1) {
    await assertRejects(() => resumeSample(store, "j"), TransactionAborted, "There is no cure");
  }
  assertEquals(takeEffects(), ["a"]);
  effects.push("cure");
  assertEquals(await resumeSample(store, "j"), 7);
  assertEquals(takeEffects(), ["cure", "fixed by cure", "c", "user Ana"]);
});

permittedTest("resumeJournal() returns the value of a finished transaction and runs nothing", ["read"], async () => {
  const store = new MemoryStore();
  await runSample(store, "j", (t) => t.do(makeUser, "Ana"), { keep: true });
  takeEffects();
  assertEquals(await resumeSample(store, "j"), { id: 7, name: "Ana", boss: null });
  assertEquals(takeEffects(), []);
  await resumeSample(store, "j", { keep: false });
  await assertRejects(() => historyOf(store, "j"), JournalNotFound);
});

permittedTest("resumeJournal() refuses a transaction that was cancelled or undone", ["read"], async () => {
  const cancelled = await crashedStore(plannedNotes(["a"]), [{ type: "cancelled", by: "ana" }]);
  await assertRejects(() => resumeSample(cancelled, "j"), TransactionClosed, "is cancelled");
  const undone = await crashedStore(plannedNotes(["a"]), [STARTED_1], [FINISHED_1], [{
    type: "decided",
    decision: "rollback",
  }, { type: "undone" }]);
  await assertRejects(() => resumeSample(undone, "j"), TransactionClosed, "is undone");
});

permittedTest("resumeJournal() refuses a journal that somebody holds", ["read"], async () => {
  const store = new MemoryStore();
  await store.create("j", plannedNotes(["a"]));
  await assertRejects(() => resumeSample(store, "j"), JournalLocked);
});

permittedTest("resumeJournal() refuses decisions that cannot be taken, and writes nothing", ["read"], async () => {
  const store = new MemoryStore();
  await assertRejects(
    () =>
      runSample(store, "j", (t) => {
        const user = t.do(makeUser, "Ana").with({ name: "user" });
        t.do(failUnless, "never");
        const later = t.do(note, "later").with({ name: "later" });
        t.do(note, later);
        t.do(note, user.get("name"));
      }),
    TransactionAborted,
  );
  takeEffects();
  const before = await historyOf(store, "j");
  const cases = [
    [{ step: "9", decision: "retry" }, "the plan has no such step"],
    [{ step: "user", decision: "skip" }, "it is finished"],
    [{ step: "later", decision: "skip" }, "step 4 needs its value: mark step 3 as done, with its result"],
    [{ step: "3", decision: "done" }, "step 4 needs its value"],
    [{ step: "3", decision: "done", result: { value: () => 1 } }, "the result is a function"],
  ] as const;
  for (const [decision, reason] of cases) {
    await assertRejects(() => resumeSample(store, "j", { decisions: [decision] }), DecisionRefused, reason);
  }
  assertEquals(await historyOf(store, "j"), before);
  const decisions = [{ step: "2", decision: "skip" }, {
    step: "later",
    decision: "done",
    result: { value: "by hand" },
  }] as const;
  await resumeSample(store, "j", { decisions });
  assertEquals(takeEffects(), ["by hand", "Ana"]);
});

permittedTest("resumeJournal() takes a value for a step whose own could not be kept", ["read"], async () => {
  const store = new MemoryStore();
  await assertRejects(() => runSample(store, "j", (t) => t.do(makeStream)), TransactionPaused);
  await assertRejects(() => resumeSample(store, "j"), TransactionPaused, "--done 1 --result JSON");
  const done = { decisions: [{ step: "1", decision: "done" }] } as const;
  const error = await assertRejects(() => resumeSample(store, "j", done), DecisionRefused);
  assertEquals([error.step, error.code], ["1", "lacks its value"]);
  const given = { step: "1", decision: "done", result: { value: "the stream's text" } } as const;
  assertEquals(await resumeSample(store, "j", { decisions: [given] }), "the stream's text");
  assertEquals(takeEffects(), ["stream"]);
});
