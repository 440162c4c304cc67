/** Sleeps and waits for signals: what goes on when, and what a crash leaves. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { TransactionClosed, TransactionPaused } from "../../../lib/errors/running_errors.ts";
import { inspectJournal } from "../../../lib/inspect/data/inspect_state.ts";
import type { Planner } from "../../../lib/plan/planner.ts";
import { signalJournal } from "../../../lib/run/amend/send_request.ts";
import { resumeJournal } from "../../../lib/run/start/continue_journal.ts";
import { MemoryStore } from "../../support/memory_store.ts";
import { formatTime } from "../../../lib/text/format_time.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { add, calm, entered, hold, join, release, takeLog } from "../../support/programs/flow_steps.ts";
import { recordsOf, runFlow, storeOf } from "../../support/programs/flow_transaction.ts";
import { historyOf } from "../../support/programs/sample_transaction.ts";

const HOUR = 3_600_000;
const resume = (store: MemoryStore, maxIdleMs = Infinity) => resumeJournal(store, "j", { keep: true, maxIdleMs });

function approve(t: Planner): unknown {
  t.do(add, "before");
  const approval = t.waitFor<string>("approval", { name: "answer" });
  return t.do(add, approval);
}

permittedTest("a run ends at a wait, and goes on when the signal was sent", ["read"], async () => {
  calm();
  const store = new MemoryStore();
  const paused = await assertRejects(() => runFlow(store, approve), TransactionPaused);
  assertEquals([paused.step, paused.waitsFor], ["2", "signal"]);
  assertEquals(paused.next[0]?.command.split("/cli ")[1], "signal j approval JSON");
  const before = await recordsOf(store);
  await assertRejects(() => resume(store), TransactionPaused);
  assertEquals(await recordsOf(store), before, "asking again writes nothing");
  const { receipt } = await signalJournal(store, "j", { signal: "approval", value: "yes", by: "ana" });
  assertEquals(receipt, { awaited: ["approval"], ahead: 0, taker: "2" });
  assertEquals(await resume(store), "yes");
  assertEquals(takeLog(), ["+before", "+yes"]);
  assertEquals((await historyOf(store, "j")).slice(-3), [
    "resumed",
    "finished 2, started 3",
    "finished 3, ended",
  ]);
});

permittedTest(
  "signals that come before their waits are kept, and each wait takes one, the first first",
  ["read"],
  async () => {
    calm();
    const store = new MemoryStore();
    const run = runFlow(store, (t) => {
      t.do(hold, "a");
      const both = [t.waitFor<string>("word"), t.waitFor<string>("word")];
      return t.do(join, both);
    });
    await entered("a");
    store.crash("j");
    release("a");
    await run.catch(() => {});
    takeLog();
    for (const value of ["one", "two", "three"]) await signalJournal(store, "j", { signal: "word", value });
    const decisions = [{ step: "1", decision: "done", result: { value: "a" } }] as const;
    assertEquals(await resumeJournal(store, "j", { keep: true, decisions }), "one&two");
    assertEquals(takeLog(), ["+one&two"]);
  },
);

permittedTest("of two waits side by side for one signal the first gets it", ["read"], async () => {
  calm();
  const store = new MemoryStore();
  const plan = (t: Planner) => t.parallel((p) => [p.waitFor("word"), p.waitFor("word"), p.waitFor("other")]);
  const paused = await assertRejects(() => runFlow(store, plan), TransactionPaused);
  assertEquals(paused.step, "1.1");
  await signalJournal(store, "j", { signal: "word", value: 1 });
  assertEquals((await assertRejects(() => resume(store), TransactionPaused)).step, "1.2");
  await signalJournal(store, "j", { signal: "other", value: 3 });
  assertEquals((await assertRejects(() => resume(store), TransactionPaused)).step, "1.2");
  const { receipt } = await signalJournal(store, "j", { signal: "word", value: 2 });
  assertEquals(receipt.awaited, ["word"]);
  assertEquals(await resume(store), [1, 2, 3]);
});

permittedTest(
  "signalJournal() keeps a signal that nobody waits for, and says what is waited for",
  ["read"],
  async () => {
    calm();
    const store = new MemoryStore();
    await runFlow(store, approve).catch(() => {});
    const { receipt } = await signalJournal(store, "j", { signal: "aproval", value: undefined });
    assertEquals(receipt, { awaited: ["approval"], ahead: 0, taker: undefined });
    takeLog();
  },
);

permittedTest("signalJournal() refuses what cannot be stored, and a transaction that is over", ["read"], async () => {
  calm();
  const store = new MemoryStore();
  await runFlow(store, approve).catch(() => {});
  const before = await recordsOf(store);
  const stream = { signal: "approval", value: [new ReadableStream()] };
  await assertRejects(() => signalJournal(store, "j", stream), TypeError, "the signal's value[0] is a ReadableStream");
  assertEquals(await recordsOf(store), before);
  await signalJournal(store, "j", { signal: "approval", value: "yes" });
  await resume(store);
  const late = () => signalJournal(store, "j", { signal: "approval", value: "no" });
  assertEquals((await assertRejects(late, TransactionClosed)).status, "finished");
  takeLog();
});

permittedTest("a wait beside a step that is at work does not end the run", ["read"], async () => {
  calm();
  const store = new MemoryStore();
  const run = runFlow(store, (t) =>
    void t.parallel((p) => {
      p.waitFor("word");
      p.do(hold, "a");
    }));
  await entered("a");
  assertEquals((await inspectJournal(store, "j")).status, "started");
  release("a");
  assertEquals((await assertRejects(() => run, TransactionPaused)).step, "1.1");
  takeLog();
});

/** A journal in the middle of a pause: what a run has written that ended because the pause is too long. */
async function sleepingStore(build: (t: Planner) => unknown): Promise<MemoryStore> {
  const store = new MemoryStore();
  const stop = new AbortController();
  const begun = Promise.withResolvers<void>();
  const event = ({ type }: { readonly type: string }) => {
    if (type !== "waiting") return;
    store.crash("j");
    begun.resolve();
  };
  const run = runFlow(store, build, { signal: stop.signal, observer: { event } });
  await begun.promise;
  stop.abort();
  await run.catch(() => {});
  return store;
}

permittedTest("a sleep holds its end across a crash", ["read"], async () => {
  calm();
  const until = new Date(Date.now() + HOUR);
  const store = await sleepingStore((t) => {
    t.sleep(until);
    t.do(add, "after");
  });
  const before = await recordsOf(store);
  const paused = await assertRejects(() => resume(store, 60_000), TransactionPaused);
  assertEquals([paused.step, paused.waitsFor], ["1", "time"]);
  assertStringIncludes(paused.message, ` ${formatTime(until.toISOString())}`);
  assertEquals(await recordsOf(store), before, "asking again writes nothing");
  // The same journal, written an hour and a second ago.
  const past = new Date(until.getTime() - HOUR - 1000).toISOString();
  const text = JSON.stringify(before).replaceAll(until.toISOString(), past);
  const due = await storeOf(JSON.parse(text));
  await resume(due, 60_000);
  assertEquals(takeLog(), ["+after"]);
});

permittedTest(
  "a sleep that was not begun when the process died is slept, and what follows runs",
  ["read"],
  async () => {
    calm();
    const whole = new MemoryStore();
    const build = (t: Planner) => {
      t.sleep(1);
      t.do(add, "after");
    };
    await runFlow(whole, build, { keep: true });
    const records = await recordsOf(whole);
    assertEquals(takeLog(), ["+after"]);
    for (let kept = 1; kept < records.length; kept += 1) {
      const store = await storeOf(records.slice(0, kept));
      const decisions = kept === records.length - 1 ? [{ step: "2", decision: "retry" } as const] : [];
      await resumeJournal(store, "j", { decisions });
      assertEquals(takeLog(), ["+after"], `behind record ${kept}`);
    }
  },
);

permittedTest(
  "a sleep of more than a minute ends a run of the command line, a shorter one does not",
  ["read"],
  async () => {
    calm();
    const whole = new MemoryStore();
    await runFlow(whole, (t) => {
      t.sleep(0);
      t.do(add, "after");
    }, { keep: true });
    takeLog();
    const [first = []] = await recordsOf(whole);
    const withPause = async (ms: number) => {
      const text = JSON.stringify(first).replace('"kind":"sleep","ms":0', `"kind":"sleep","ms":${ms}`);
      return await storeOf([JSON.parse(text)]);
    };
    await resume(await withPause(1), 60_000);
    assertEquals(takeLog(), ["+after"]);
    const store = await withPause(HOUR);
    assertEquals((await assertRejects(() => resume(store, 60_000), TransactionPaused)).waitsFor, "time");
    assertEquals(takeLog(), []);
  },
);

permittedTest("a sleep beside a step at work is no wait of the transaction's", ["read"], async () => {
  calm();
  const store = new MemoryStore();
  const stop = new AbortController();
  const run = runFlow(store, (t) =>
    void t.parallel((p) => {
      p.do(hold, "a");
      p.sleep(HOUR);
    }), { signal: stop.signal });
  await entered("a");
  assertEquals((await inspectJournal(store, "j")).status, "started");
  store.crash("j");
  assertEquals((await inspectJournal(store, "j")).status, "interrupted");
  stop.abort();
  await run.catch(() => {});
  takeLog();
});
