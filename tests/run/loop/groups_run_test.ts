/** Steps side by side: what runs when, what a failure does, and what a crash leaves. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { TransactionAborted, TransactionPaused } from "../../../lib/errors/running_errors.ts";
import { JournalUnwritable } from "../../../lib/errors/storage_errors.ts";
import { inspectJournal } from "../../../lib/inspect/data/inspect_state.ts";
import { MemoryStore } from "../../support/memory_store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { add, calm, entered, hold, join, release, takeLog, upset } from "../../support/programs/flow_steps.ts";
import { resumeToEnd, runFlow } from "../../support/programs/flow_transaction.ts";
import { historyOf, resumeSample } from "../../support/programs/sample_transaction.ts";

permittedTest("parallel() runs so many steps at a time as its limit says", ["read"], async () => {
  calm();
  const run = runFlow(new MemoryStore(), (t) => {
    t.parallel((p) => ["a", "b", "c"].map((name) => p.do(hold, name)), { limit: 2 });
    t.do(add, "after");
  });
  await Promise.all([entered("a"), entered("b")]);
  assertEquals(takeLog(), ["+a", "+b"]);
  release("b");
  await entered("c");
  assertEquals(takeLog(), ["+c"]);
  release("a");
  release("c");
  await run;
  assertEquals(takeLog(), ["+after"]);
});

permittedTest("sequence() keeps its order beside other steps of a group", ["read"], async () => {
  calm();
  const store = new MemoryStore();
  const run = runFlow(store, (t) =>
    t.parallel((p) => {
      const [a, b] = ["a", "b"].map((name) =>
        p.sequence((s) => {
          s.do(hold, name);
          return s.do(add, `${name}2`);
        })
      );
      return [a, b];
    }), { keep: true });
  await Promise.all([entered("a"), entered("b")]);
  release("b");
  release("a");
  assertEquals(await run, ["a2", "b2"]);
  assertEquals(takeLog().toSorted(), ["+a", "+a2", "+b", "+b2"]);
  assertEquals((await historyOf(store, "j"))[1], "started 1.1.1, started 1.2.1");
});

permittedTest("a step waits for a value of another branch, however early it could begin", ["read"], async () => {
  calm();
  const run = runFlow(new MemoryStore(), (t) =>
    t.parallel((p) => {
      const slow = p.do(hold, "slow");
      const quick = p.do(add, "quick");
      return p.sequence((s) => s.do(join, [slow, quick]));
    }));
  await entered("slow");
  release("slow");
  assertEquals(await run, "slow&quick");
  assertEquals(takeLog(), ["+slow", "+quick", "+slow&quick"]);
});

permittedTest(
  "when a step of a group fails, those at work come to their end, and none is started",
  ["read"],
  async () => {
    calm();
    upset("b");
    const store = new MemoryStore();
    const run = runFlow(store, (t) =>
      t.parallel((p) => {
        p.do(hold, "a");
        p.do(add, "b");
        p.do(add, "c");
      }, { limit: 2 }));
    await entered("a");
    release("a");
    const error = await assertRejects(() => run, TransactionAborted);
    assertEquals(error.step, "1.2");
    assertEquals(takeLog(), ["+a"]);
    assertEquals(
      (await historyOf(store, "j")).slice(1).join(", "),
      "started 1.1, started 1.2, failed 1.2, finished 1.1, aborted 1.2",
    );
    calm();
    await resumeSample(store, "j");
    assertEquals(takeLog(), ["+b", "+c"]);
  },
);

permittedTest("of two steps that fail in one run each has all its attempts in the next", ["read"], async () => {
  calm();
  upset("a");
  upset("b");
  const store = new MemoryStore();
  const retry = { maxAttempts: 2, delayMs: 0 };
  const plan = (t: Parameters<Parameters<typeof runFlow>[1]>[0]) =>
    t.parallel((p) => {
      p.do(add, "a").with({ retry });
      p.do(add, "b").with({ retry });
    });
  await assertRejects(() => runFlow(store, plan), TransactionAborted);
  const before = (await historyOf(store, "j")).length;
  await assertRejects(() => resumeSample(store, "j"), TransactionAborted);
  const events = (await historyOf(store, "j")).slice(before).join(", ").split(", ");
  assertEquals(events.filter((event) => event.startsWith("failed")).toSorted(), [
    "failed 1.1",
    "failed 1.1",
    "failed 1.2",
    "failed 1.2",
  ]);
});

permittedTest("a crash leaves each step unknown that was at work, and each is asked for", ["read"], async () => {
  calm();
  const store = new MemoryStore();
  const run = runFlow(store, (t) => {
    const texts = t.parallel((p) => ["a", "b", "c"].map((name) => p.do(hold, name)), { limit: 2 });
    t.do(join, texts);
  });
  await Promise.all([entered("a"), entered("b")]);
  store.crash("j");
  release("a");
  release("b");
  await assertRejects(() => run, JournalUnwritable);
  assertEquals(takeLog(), ["+a", "+b"]);
  const paused = await assertRejects(() => resumeSample(store, "j"), TransactionPaused);
  assertEquals([paused.step, paused.question], ["1.1", "unknown"]);
  for (const step of ["1.1", "1.2"]) {
    assert(paused.next.some(({ command }) => command.endsWith(` resume j --retry ${step}`)), paused.message);
  }
  assertEquals(takeLog(), []);
  const decisions = [
    { step: "1.1", decision: "done", result: { value: "A" } },
    { step: "1.2", decision: "retry" },
  ] as const;
  release("c");
  await resumeSample(store, "j", { decisions });
  assertEquals(takeLog(), ["+b", "+c", "+A&b&c"]);
});

permittedTest("one of several unknown steps can be decided about alone, and the rest is asked", ["read"], async () => {
  calm();
  const store = new MemoryStore();
  const run = runFlow(store, (t) => t.parallel((p) => ["a", "b"].forEach((name) => p.do(hold, name))));
  await Promise.all([entered("a"), entered("b")]);
  store.crash("j");
  release("a");
  release("b");
  await assertRejects(() => run, JournalUnwritable);
  const first = await assertRejects(
    () => resumeSample(store, "j", { decisions: [{ step: "1.2", decision: "skip" }] }),
    TransactionPaused,
  );
  assertEquals(first.step, "1.1");
  await resumeToEnd(store, "retry");
  assertEquals(takeLog(), ["+a", "+b", "+a"]);
});

permittedTest("a group that is left out takes with it what has not happened", ["read"], async () => {
  calm();
  upset("b");
  const store = new MemoryStore();
  const plan = (t: Parameters<Parameters<typeof runFlow>[1]>[0]) => {
    t.sequence((s) => ["a", "b", "c"].forEach((text) => s.do(add, text)), { name: "letters" });
    t.do(add, "after");
  };
  await assertRejects(() => runFlow(store, plan), TransactionAborted);
  await resumeSample(store, "j", { decisions: [{ step: "letters", decision: "skip" }], keep: true });
  assertEquals(takeLog(), ["+a", "+after"]);
  const { steps } = await inspectJournal(store, "j");
  const statuses = steps.map(({ id, status }) => `${id} ${status}`);
  assertEquals(statuses, ["1 skipped", "1.1 finished", "1.2 skipped", "1.3 skipped", "2 finished"]);
});
