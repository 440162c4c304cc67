/** Transactions that are given up: by their author's signal, and from outside. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { DecisionRefused } from "../../../lib/errors/decision_errors.ts";
import {
  TransactionAborted,
  TransactionCancelled,
  TransactionClosed,
  TransactionUndone,
} from "../../../lib/errors/running_errors.ts";
import { inspectJournal } from "../../../lib/inspect/data/inspect_state.ts";
import { cancelJournal } from "../../../lib/run/amend/send_request.ts";
import { rollbackJournal } from "../../../lib/run/start/continue_journal.ts";
import { MemoryStore } from "../../support/memory_store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { add, calm, entered, hold, letGo, release, remove, takeLog, upset } from "../../support/programs/flow_steps.ts";
import { runFlow } from "../../support/programs/flow_transaction.ts";
import { historyOf, resumeSample } from "../../support/programs/sample_transaction.ts";

permittedTest(
  "a signal that is aborted cancels the transaction when its steps have come to their end",
  ["read"],
  async () => {
    calm();
    const store = new MemoryStore();
    const stop = new AbortController();
    const run = runFlow(store, (t) => {
      t.do(add, "a").with({ undo: remove });
      t.do(hold, "b");
      t.do(add, "c");
    }, { signal: stop.signal, onFailure: "rollback" });
    await entered("b");
    stop.abort(new Error("too late"));
    const error = await assertRejects(() => run, TransactionCancelled);
    assertStringIncludes(error.message, "Step 1: done. Step 2: failed. Step 3: not run");
    assertEquals(error.next.map(({ command }) => command.split("/cli ")[1]), ["inspect j", "rollback j"]);
    assertEquals((error.cause as Error).message, "too late");
    assertEquals((await historyOf(store, "j")).at(-1), "failed 2, cancelled");
    assertEquals((await assertRejects(() => resumeSample(store, "j"), TransactionClosed)).status, "cancelled");
    assertEquals((await rollbackJournal(store, "j", {})).left, []);
    assertEquals(takeLog(), ["+a", "+b", "-a"]);
    assertEquals((await inspectJournal(store, "j")).status, "undone");
  },
);

permittedTest("a signal that is aborted when all is done changes nothing", ["read"], async () => {
  calm();
  const stop = new AbortController();
  const run = runFlow(new MemoryStore(), (t) => t.do(hold, "a"), { signal: stop.signal });
  await entered("a");
  release("a");
  stop.abort();
  assertEquals(await run, "a");
  takeLog();
});

permittedTest("a signal that is aborted ends a sleep at once", ["read"], async () => {
  calm();
  const stop = new AbortController();
  const observer = {
    event: ({ type }: { readonly type: string }) => void (type === "waiting" && stop.abort("enough")),
  };
  const run = runFlow(new MemoryStore(), (t) => t.sleep(3_600_000), { signal: stop.signal, observer });
  assertStringIncludes((await assertRejects(() => run, TransactionCancelled)).message, "enough");
});

permittedTest("a signal that is aborted before the run begins leaves no journal", ["read"], async () => {
  calm();
  const store = new MemoryStore();
  const signal = AbortSignal.abort(new RangeError("never"));
  await assertRejects(() => runFlow(store, (t) => void t.do(add, "a"), { signal }), RangeError, "never");
  assertEquals(await store.kindOf("j"), undefined);
});

permittedTest("a signal does not stop a rollback that has begun", ["read"], async () => {
  calm();
  upset("c");
  const stop = new AbortController();
  const run = runFlow(new MemoryStore(), (t) => {
    t.do(add, "a").with({ undo: remove });
    t.do(hold, "b").with({ undo: letGo });
    t.do(add, "c");
  }, { signal: stop.signal, onFailure: "rollback" });
  release("b");
  await entered("-b");
  stop.abort();
  release("-b");
  assertEquals((await assertRejects(() => run, TransactionUndone)).step, "3");
  assertEquals(takeLog(), ["+a", "+b", "+-b", "-a"]);
});

permittedTest("cancelJournal() gives up what has failed, and says who and why", ["read"], async () => {
  calm();
  upset("b");
  const store = new MemoryStore();
  await assertRejects(() =>
    runFlow(store, (t) => {
      t.do(add, "a").with({ undo: remove });
      t.do(add, "b");
    }), TransactionAborted);
  await cancelJournal(store, "j", { by: "ana", why: "the customer has gone" });
  const { status, cancelled } = await inspectJournal(store, "j");
  assertEquals([status, cancelled?.by, cancelled?.why], ["cancelled", "ana", "the customer has gone"]);
  assertEquals((await assertRejects(() => cancelJournal(store, "j", {}), TransactionClosed)).status, "cancelled");
  await rollbackJournal(store, "j", {});
  assertEquals(takeLog(), ["+a", "-a"]);
});

permittedTest("cancelJournal() refuses a transaction that is being rolled back", ["read"], async () => {
  calm();
  upset("-a");
  const store = new MemoryStore();
  await runFlow(store, (t) => void t.do(add, "a").with({ undo: remove }), { keep: true });
  await assertRejects(() => rollbackJournal(store, "j", {}), TransactionAborted);
  await assertRejects(() => cancelJournal(store, "j", {}), DecisionRefused);
  takeLog();
});
