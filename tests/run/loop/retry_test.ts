import { assertEquals, assertRejects } from "@std/assert";
import { TransactionAborted } from "../../../lib/errors/running_errors.ts";
import { inspectJournal } from "../../../lib/inspect/data/inspect_state.ts";
import type { Event } from "../../../lib/journal/event.ts";
import { MemoryStore } from "../../support/memory_store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { effects, failDeep, failTimes, note, takeEffects } from "../../support/programs/sample_steps.ts";
import { historyOf, plannedNotes, resumeSample, runSample } from "../../support/programs/sample_transaction.ts";

permittedTest("a step with retry is tried again, and every attempt is in the journal", ["read"], async () => {
  const store = new MemoryStore();
  const value = await runSample(store, "j", (t) => {
    t.do(note, "a");
    return t.do(failTimes, 2, "Error").with({ retry: { delayMs: 0 } });
  }, { keep: true });
  assertEquals(value, "done after 2");
  assertEquals(takeEffects(), ["a", "failed", "failed", "done after 2"]);
  assertEquals((await historyOf(store, "j")).slice(2), [
    "finished 1, started 2",
    "failed 2, retrying 2, started 2",
    "failed 2, retrying 2, started 2",
    "finished 2, ended",
  ]);
});

permittedTest("a step that fails as often as it may ends the run, and a resume counts anew", ["read"], async () => {
  const store = new MemoryStore();
  const plan = (t: Parameters<Parameters<typeof runSample>[2]>[0]) =>
    void t.do(failTimes, 5, "Error").with({ retry: { maxAttempts: 3, delayMs: 0 } });
  await assertRejects(() => runSample(store, "j", plan), TransactionAborted, "Not yet");
  assertEquals(effects.length, 3);
  await resumeSample(store, "j");
  assertEquals(takeEffects(), [...Array(5).fill("failed"), "done after 5"]);
});

permittedTest("an error that no attempt mends ends the run at once, also as a cause", ["read"], async () => {
  const store = new MemoryStore();
  const retry = { delayMs: 0, nonRetryable: ["QuotaExceeded"] };
  const plan = (t: Parameters<Parameters<typeof runSample>[2]>[0]) =>
    void t.do(failTimes, 5, "QuotaExceeded").with({ retry });
  await assertRejects(() => runSample(store, "j", plan), TransactionAborted);
  assertEquals(takeEffects(), ["failed"]);
});

permittedTest("an error that no attempt mends is found at any depth, under its whole name", ["read"], async () => {
  const name = `Quota${"x".repeat(195)}`;
  for (const depth of [0, 4, 5, 40]) {
    const retry = { delayMs: 0, nonRetryable: [name] };
    const run = runSample(new MemoryStore(), "j", (t) => t.do(failDeep, depth, name).with({ retry }));
    await assertRejects(() => run, TransactionAborted);
    assertEquals(takeEffects(), ["failed"], `at depth ${depth}`);
  }
});

/** A journal of one step that failed and was to be tried again a time from now, killed in the pause. */
async function pausedStore(fromNowMs: number, options: object): Promise<MemoryStore> {
  const store = new MemoryStore();
  const [opened, planned, ready] = plannedNotes(["a"]);
  const nodes = planned?.type === "planned" ? planned.nodes.map((node) => ({ ...node, options })) : [];
  const first = [opened, { type: "planned", nodes }, ready].filter((event) => event !== undefined) as readonly Event[];
  const journal = await store.create("j", first);
  const error = { name: "Error", message: "no" };
  await journal.append([{ type: "started", step: "1", attempt: 1, run: 1 }]);
  await journal.append([
    { type: "failed", step: "1", attempt: 1, ms: 1, error },
    { type: "retrying", step: "1", attempt: 2, until: new Date(Date.now() + fromNowMs).toISOString() },
  ]);
  store.crash("j");
  return store;
}

permittedTest(
  "a crash during the pause keeps its end; when that is past the step is tried at once",
  ["read"],
  async () => {
    const store = await pausedStore(-1, { retry: { delayMs: 60_000 } });
    await resumeSample(store, "j", { keep: true });
    assertEquals(takeEffects(), ["a"]);
    assertEquals((await historyOf(store, "j")).slice(3), ["resumed", "started 1", "finished 1, ended"]);
  },
);

permittedTest("resume waits for what is left of a pause, --now does not", ["read"], async () => {
  const skipRetryDelay = await pausedStore(3_600_000, { retry: { delayMs: 3_600_000, maxDelayMs: 3_600_000 } });
  await resumeSample(skipRetryDelay, "j", { now: true });
  const decided = await pausedStore(3_600_000, { retry: { delayMs: 3_600_000, maxDelayMs: 3_600_000 } });
  await resumeSample(decided, "j", { decisions: [{ step: "1", decision: "retry" }] });
  // A clock that was set back by years cannot make a pause longer than it may be.
  const setBack = await pausedStore(1e12, { retry: { delayMs: 5, maxDelayMs: 5 } });
  await resumeSample(setBack, "j");
  assertEquals(takeEffects(), ["a", "a", "a"]);
});

permittedTest("a decision about a step that waits to be tried again ends its pause", ["read"], async () => {
  const store = await pausedStore(3_600_000, { retry: { delayMs: 3_600_000, maxDelayMs: 3_600_000 } });
  assertEquals((await inspectJournal(store, "j")).steps[0]?.dueAt === undefined, false);
  await resumeSample(store, "j", { decisions: [{ step: "1", decision: "skip" }], keep: true });
  const [step] = (await inspectJournal(store, "j")).steps;
  assertEquals([step?.status, step?.dueAt], ["skipped", undefined]);
  assertEquals(takeEffects(), []);
});
