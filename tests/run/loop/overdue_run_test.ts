import { assertEquals, assertRejects } from "@std/assert";
import { JournalLocked } from "../../../lib/errors/opening_errors.ts";
import {
  TransactionAborted,
  TransactionCancelled,
  TransactionPaused,
  TransactionUndone,
} from "../../../lib/errors/running_errors.ts";
import { JournalUnwritable } from "../../../lib/errors/storage_errors.ts";
import { inspectJournal } from "../../../lib/inspect/data/inspect_state.ts";
import type { Planner } from "../../../lib/plan/planner.ts";
import { cancelJournal } from "../../../lib/run/amend/send_request.ts";
import { MemoryStore } from "../../support/memory_store.ts";
import type { Notice } from "../../../lib/run/options/observer.ts";
import type { TransactionOptions } from "../../../lib/run/options/transaction_options.ts";
import type { Store } from "../../../lib/storage/store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { hold, holding } from "../../support/programs/held_steps.ts";
import { eventsOf, historyOf, resumeSample, runSample } from "../../support/programs/sample_transaction.ts";
import { SeededRandom } from "../../support/seeded_random.ts";
import { VirtualClock } from "../../support/virtual_clock.ts";

const STEPS = import.meta.resolve("../../support/programs/held_steps.ts");

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Two steps side by side, one of which outlives its limit and the time of grace, and a third one. */
async function outlive(
  name: string,
  store: Store,
  more: { retry?: { maxAttempts: number; delayMs: number } } = {},
  options: Pick<TransactionOptions, "observer" | "onFailure"> = {},
) {
  const clock = new VirtualClock(Date.parse("2026-11-23T02:15:00.000Z"), new SeededRandom(1));
  const build = (t: Planner) => {
    const slow = t.parallel((p) => {
      p.do(hold, `${name} other`);
      return p.do(hold, `${name} slow`).with({ timeoutMs: 20, ...more });
    });
    t.do(hold, `${name} third`);
    return slow;
  };
  const run = runSample(store, "j", build, { keep: true, clock, ...options }, STEPS);
  // It is looked at later.
  run.catch(() => {});
  const [slow, other] = [await holding(`${name} slow`), await holding(`${name} other`)];
  clock.pass(20);
  await turn();
  clock.pass(5000);
  await turn();
  return { run, slow, other };
}

permittedTest(
  "a step that ends late while another one is at work is not asked about, and the run goes on",
  ["read"],
  async () => {
    const store = new MemoryStore();
    const { run, slow, other } = await outlive("a", store);
    slow.resolve("late");
    await turn();
    other.resolve("in time");
    (await holding("a third")).resolve("third");
    assertEquals(await run, "late");
    assertEquals((await historyOf(store, "j")).slice(1), [
      "started 1.1, started 1.2",
      "finished 1.2",
      "finished 1.1, started 2",
      "finished 2, ended",
    ]);
  },
);

permittedTest("a step that fails late while another one is at work is tried again, or ends the run as a failure", [
  "read",
], async () => {
  const retried = await outlive("b", new MemoryStore(), { retry: { maxAttempts: 2, delayMs: 0 } });
  retried.slow.reject(new Error("not yet"));
  (await holding("b slow")).resolve("again");
  retried.other.resolve("in time");
  (await holding("b third")).resolve("third");
  assertEquals(await retried.run, "again");
  const store = new MemoryStore();
  const { run, slow, other } = await outlive("c", store);
  slow.reject(new Error("never"));
  await turn();
  other.resolve("in time");
  await assertRejects(() => run, TransactionAborted, 'Step 1.2 "hold" failed: Error: never');
  assertEquals((await historyOf(store, "j")).at(-1), "finished 1.1, aborted 1.2");
});

permittedTest(
  "nothing begins beside a step that is overdue, and its end is recorded after the question",
  ["read"],
  async () => {
    const store = new MemoryStore();
    const { run, slow, other } = await outlive("d", store);
    other.resolve("in time");
    assertEquals((await assertRejects(() => run, TransactionPaused)).question, "unknown");
    await assertRejects(() => resumeSample(store, "j"), JournalLocked);
    slow.resolve("late");
    await turn();
    assertEquals((await historyOf(store, "j")).slice(1), [
      "started 1.1, started 1.2",
      "finished 1.1, waiting 1.2",
      "finished 1.2",
    ]);
    (await store.open("j", () => {})).close();
  },
);

permittedTest("a step that fails when its run has ended has what has happened undone, if that is its last attempt", [
  "read",
], async () => {
  for (
    const [name, more, isDue] of [["f", {}, true], ["g", { retry: { maxAttempts: 2, delayMs: 0 } }, undefined]] as const
  ) {
    const store = new MemoryStore();
    const { run, slow, other } = await outlive(name, store, more, { onFailure: "rollback" });
    other.resolve("in time");
    await assertRejects(() => run, TransactionPaused);
    slow.reject(new Error("never"));
    await turn();
    const end = (await eventsOf(store, "j")).at(-1);
    assertEquals([end?.type, end?.type === "failed" && end.rollback], ["failed", isDue]);
    if (isDue) {
      const undone = await assertRejects(() => resumeSample(store, "j"), TransactionUndone, "Error: never");
      assertEquals(undone.step, "1.2");
    }
  }
});

permittedTest("a run whose journal has failed keeps it while a step is overdue", ["read"], async () => {
  const inner = new MemoryStore();
  let hasFailed = false;
  const create: Store["create"] = async (journal, events) => {
    const open = await inner.create(journal, events);
    const append: typeof open.append = (...args) => {
      if (hasFailed) throw new JournalUnwritable(journal, "the disk is gone");
      return open.append(...args);
    };
    return { ...open, append };
  };
  const notices: Notice[] = [];
  const store: Store = {
    create,
    open: (...args) => inner.open(...args),
    read: (journal, apply) => inner.read(journal, apply),
    list: (folder) => inner.list(folder),
    kindOf: (name) => inner.kindOf(name),
    send: (name, request) => inner.send(name, request),
    pending: (name) => inner.pending(name),
  };
  const { run, slow, other } = await outlive("e", store, {}, {
    observer: { notice: (notice) => void notices.push(notice) },
  });
  hasFailed = true;
  other.resolve("in time");
  await assertRejects(() => run, JournalUnwritable);
  await assertRejects(() => inner.open("j", () => {}), JournalLocked);
  slow.resolve("late");
  await turn();
  assertEquals(notices.map(({ kind, journal, error }) => [kind, journal, error instanceof JournalUnwritable]), [
    ["late-end-lost", "j", true],
  ]);
  (await inner.open("j", () => {})).close();
});

permittedTest("a run is cancelled while a step outlives its limit, whose late end is recorded", ["read"], async () => {
  const store = new MemoryStore();
  const { run, slow, other } = await outlive("f", store);
  const cancelled = cancelJournal(store, "j", { by: "ana" });
  other.resolve("in time");
  await assertRejects(() => run, TransactionCancelled);
  assertEquals((await cancelled).kind, "applied");
  await assertRejects(() => store.open("j", () => {}), JournalLocked);
  slow.resolve("late");
  await turn();
  assertEquals((await historyOf(store, "j")).slice(-2), ["finished 1.1, cancelled", "finished 1.2"]);
  assertEquals((await inspectJournal(store, "j")).status, "cancelled");
});
