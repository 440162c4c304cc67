/** Signals, cancellations and stops that reach a transaction while a process runs it. */
import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { DecisionRefused } from "../../../lib/errors/decision_errors.ts";
import { JournalNotFound } from "../../../lib/errors/opening_errors.ts";
import {
  TransactionAborted,
  TransactionCancelled,
  TransactionClosed,
  TransactionPaused,
  TransactionUndone,
} from "../../../lib/errors/running_errors.ts";
import { Fenced } from "../../../lib/errors/storage_errors.ts";
import { inspectJournal } from "../../../lib/inspect/data/inspect_state.ts";
import type { Planner } from "../../../lib/plan/planner.ts";
import { cancelJournal, signalJournal, stopJournal } from "../../../lib/run/amend/send_request.ts";
import { MemoryStore } from "../../support/memory_store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import {
  add,
  breakOff,
  calm,
  entered,
  hold,
  letGo,
  release,
  remove,
  takeLog,
  upset,
} from "../../support/programs/flow_steps.ts";
import { recordsOf, runFlow } from "../../support/programs/flow_transaction.ts";
import { eventsOf, historyOf, resumeSample } from "../../support/programs/sample_transaction.ts";

const HOUR = 3_600_000;

/** Waits for an approval beside a step that is held. */
function approve(t: Planner): unknown {
  return t.parallel((p) => {
    p.do(hold, "slow");
    return p.sequence((s) => s.do(add, s.waitFor<string>("approval")));
  });
}

permittedTest("a signal reaches a transaction that is running, which takes it at once", ["read"], async () => {
  calm();
  const store = new MemoryStore();
  const run = runFlow(store, approve, { keep: true });
  await entered("slow");
  let isRecorded = false;
  const recorded = () => void (isRecorded = true);
  const end = await signalJournal(store, "j", { signal: "approval", value: "yes", by: "ana" }, { recorded });
  assertEquals([end.kind, end.receipt, isRecorded], [
    "applied",
    { awaited: ["approval"], ahead: 0, taker: "1.2.1" },
    true,
  ]);
  release("slow");
  assertEquals(await run, "yes");
  assertEquals(takeLog(), ["+slow", "+yes"]);
  const [sent] = (await eventsOf(store, "j")).filter(({ type }) => type === "signalled");
  assertInstanceOf(sent, Object);
  const { id = "", ...rest } = sent as { readonly id?: string };
  assertEquals(rest, { type: "signalled", signal: "approval", value: "yes", by: "ana" });
  assertEquals(end.state.answered.has(id), true);
  assertEquals(await store.pending("j"), []);
});

permittedTest("a cancellation tells the running steps to end, and no other begins", ["read"], async () => {
  calm();
  const store = new MemoryStore();
  const run = runFlow(store, (t) => {
    t.do(add, "a").with({ undo: remove });
    t.do(hold, "b");
    t.do(add, "c");
  }, { onFailure: "rollback" });
  await entered("b");
  const cancelled = cancelJournal(store, "j", { by: "ana", why: "the customer has left" });
  const error = await assertRejects(() => run, TransactionCancelled);
  assertEquals((await cancelled).kind, "applied");
  assertEquals((error.cause as DOMException).name, "AbortError");
  const { status, cancelled: told } = await inspectJournal(store, "j");
  assertEquals([status, told?.by, told?.why], ["cancelled", "ana", "the customer has left"]);
  assertEquals((await assertRejects(() => resumeSample(store, "j"), TransactionClosed)).status, "cancelled");
  assertEquals(takeLog(), ["+a", "+b"]);
  assertEquals((await historyOf(store, "j")).slice(-2), ["finished 1, started 2", "failed 2, cancelled"]);
});

permittedTest("a stop lets the running step finish, and a resume runs the rest", ["read"], async () => {
  calm();
  const store = new MemoryStore();
  const run = runFlow(store, (t) => {
    t.do(hold, "a");
    return t.do(add, "b");
  }, { keep: true });
  await entered("a");
  const arrived = Promise.withResolvers<void>();
  const stopped = stopJournal(store, "j", { by: "ana", why: "restart" }, { recorded: () => arrived.resolve() });
  await arrived.promise;
  release("a");
  const paused = await assertRejects(() => run, TransactionPaused);
  assertEquals([paused.step, (await stopped).kind, takeLog()], ["2", "applied", ["+a"]]);
  assertEquals((await historyOf(store, "j")).slice(-2), ["started 1", "finished 1, stopped"]);
  assertEquals(await resumeSample(store, "j", { keep: true }), "b");
  assertEquals(takeLog(), ["+b"]);
});

permittedTest("a stop ends a sleep at once, and the pause before another attempt", ["read"], async () => {
  for (
    const build of [
      (t: Planner) => void t.sleep(HOUR),
      (t: Planner) => void t.do(add, "x").with({ retry: { maxAttempts: 2, delayMs: HOUR, maxDelayMs: HOUR } }),
    ]
  ) {
    calm();
    upset("x");
    const store = new MemoryStore();
    const observer = {
      event: ({ type }: { readonly type: string }) => {
        if (type === "waiting" || type === "retrying") {
          stopJournal(store, "j", {}).then(({ kind }) => ends.resolve(kind));
        }
      },
    };
    const ends = Promise.withResolvers<string>();
    const paused = await assertRejects(() => runFlow(store, build, { observer }), TransactionPaused);
    assertEquals([paused.step, await ends.promise], ["1", "applied"]);
  }
  takeLog();
});

permittedTest("a signal ends no sleep, and what comes after both goes on at once", ["read"], async () => {
  calm();
  const store = new MemoryStore();
  const observer = {
    event: ({ type }: { readonly type: string }) => {
      if (type === "waiting") signalJournal(store, "j", { signal: "word", value: "go" });
      if (type === "signalled") wasSent.resolve();
    },
  };
  const wasSent = Promise.withResolvers<void>();
  const run = runFlow(store, (t) =>
    void t.parallel((p) => {
      p.sleep(HOUR);
      p.sequence((s) => void s.do(hold, s.waitFor<string>("word")));
    }), { observer });
  await entered("go");
  await wasSent.promise;
  const stopped = stopJournal(store, "j", {});
  release("go");
  await assertRejects(() => run, TransactionPaused);
  assertEquals([(await stopped).kind, takeLog()], ["applied", ["+go"]]);
});

permittedTest("what arrives when the last step is running is refused, and stays visible", ["read"], async () => {
  for (const send of [cancelJournal, stopJournal]) {
    calm();
    const store = new MemoryStore();
    const run = runFlow(store, (t) => t.do(hold, "a"));
    await entered("a");
    const refused = assertRejects(
      () => send(store, "j", { by: "ana" }, { recorded: () => release("a") }),
      DecisionRefused,
    );
    // Unless something was refused, the journal is removed. A cancelled step ends as it likes.
    const outcome = await run.catch((error) => error.name);
    if (send === stopJournal) {
      assertEquals(outcome, "a");
      await refused;
      const [event] = (await recordsOf(store)).flat().filter(({ type }) => type === "refused");
      assertEquals({ ...event, id: "" } as unknown, {
        ...{ type: "refused", id: "", request: "stop", by: "ana", reason: "the transaction is finished" },
      });
    } else await refused.catch(() => {});
    takeLog();
  }
});

permittedTest("a request to a transaction that ends without refusing it has left no journal", ["read"], async () => {
  calm();
  const store = new MemoryStore();
  const run = runFlow(store, approve);
  await entered("slow");
  const end = await signalJournal(store, "j", { signal: "approval", value: "yes" }, {
    recorded: () => release("slow"),
  });
  assertEquals([await run, end.kind], ["yes", "applied"]);
  await assertRejects(() => inspectJournal(store, "j"), JournalNotFound);
  takeLog();
});

permittedTest("while a transaction is being rolled back, it can be stopped but not cancelled", ["read"], async () => {
  calm();
  upset("b");
  const store = new MemoryStore();
  const run = runFlow(store, (t) => {
    t.do(add, "first").with({ undo: remove });
    t.do(hold, "a").with({ undo: letGo });
    t.do(add, "b");
  }, { onFailure: "rollback" });
  release("a");
  await entered("-a");
  await assertRejects(() => cancelJournal(store, "j", {}), DecisionRefused);
  const stopped = stopJournal(store, "j", {}, { recorded: () => release("-a") });
  assertEquals((await assertRejects(() => run, TransactionPaused)).step, "1");
  assertEquals((await stopped).kind, "applied");
  assertEquals((await assertRejects(() => resumeSample(store, "j"), TransactionUndone)).step, "3");
  assertEquals(takeLog(), ["+first", "+a", "+-a", "-first"]);
});

permittedTest("a run that fails while it is to stop undoes nothing before it is resumed", ["read"], async () => {
  calm();
  const store = new MemoryStore();
  const run = runFlow(store, (t) => {
    t.do(add, "a").with({ undo: remove });
    t.do(hold, "b");
  }, { onFailure: "rollback" });
  await entered("b");
  const stopped = stopJournal(store, "j", {}, { recorded: () => breakOff("b") });
  assertEquals((await assertRejects(() => run, TransactionAborted)).step, "2");
  assertEquals([(await stopped).kind, takeLog()], ["applied", ["+a", "+b"]]);
  assertEquals((await historyOf(store, "j")).slice(-2), ["failed 2, stopped", "aborted 2"]);
  await assertRejects(() => resumeSample(store, "j"), TransactionUndone);
  assertEquals(takeLog(), ["-a"]);
});

permittedTest("a request that comes twice is applied once", ["read"], async () => {
  calm();
  const store = new MemoryStore();
  const run = runFlow(store, approve, { keep: true });
  await entered("slow");
  const id = "0198a4c2-7c1d-4e7f-9a34-5d2f1c0b9e01";
  const at = "2026-11-30T12:00:00.000Z";
  const request = { request: "signal", signal: "approval", value: "yes", id, transaction: "sample", at } as const;
  await store.send("j", request);
  // The next request is answered after it.
  await signalJournal(store, "j", { signal: "other", value: 1 });
  await store.send("j", request);
  await signalJournal(store, "j", { signal: "other", value: 2 });
  release("slow");
  await run;
  const sent = (await eventsOf(store, "j")).flatMap((event) => event.type === "signalled" ? [event.signal] : []);
  assertEquals([sent, await store.pending("j"), takeLog()], [["approval", "other", "other"], [], ["+slow", "+yes"]]);
});

permittedTest("a request whose event cannot be recorded is not forgotten", ["read"], async () => {
  calm();
  const store = new MemoryStore();
  const run = runFlow(store, approve, { keep: true });
  await entered("slow");
  store.lose("j");
  const at = "2026-11-30T12:00:00.000Z";
  const request = {
    request: "signal",
    signal: "approval",
    id: crypto.randomUUID(),
    transaction: "sample",
    at,
  } as const;
  assertEquals(await store.send("j", request), true);
  await assertRejects(() => run, Fenced);
  assertEquals(await store.pending("j"), [request]);
  takeLog();
});
