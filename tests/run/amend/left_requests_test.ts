/** Requests that a run has left because it died: the next process that owns the journal answers them. */
import { assertEquals, assertRejects } from "@std/assert";
import { JournalNotFound } from "../../../lib/errors/opening_errors.ts";
import { TransactionClosed, TransactionPaused } from "../../../lib/errors/running_errors.ts";
import { inspectJournal } from "../../../lib/inspect/data/inspect_state.ts";
import type { Request, RequestContent } from "../../../lib/journal/request.ts";
import { answerPending, cancelJournal, signalJournal, stopJournal } from "../../../lib/run/amend/send_request.ts";
import { SYSTEM_CLOCK } from "../../../lib/run/session/clock.ts";
import { MemoryStore } from "../../support/memory_store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { add, calm, entered, hold, join, release, takeLog } from "../../support/programs/flow_steps.ts";
import { recordsOf, runFlow } from "../../support/programs/flow_transaction.ts";
import { historyOf, resumeSample } from "../../support/programs/sample_transaction.ts";

/** A request to the transaction of `runFlow`, as it is before it is sent. */
function requestOf(content: RequestContent, at = "2026-11-30T12:00:00.000Z"): Request {
  return { ...content, id: crypto.randomUUID(), transaction: "sample", at };
}

/** A store whose journal `j` was left by a process that died in its second step, with these requests in its inbox. */
async function diedWith(...requests: readonly Request[]): Promise<MemoryStore> {
  calm();
  const store = new MemoryStore();
  const run = runFlow(store, (t) => {
    t.do(add, "a");
    t.do(hold, "b").with({ interrupted: "retry" });
    t.do(add, t.waitFor<string>("approval"));
  });
  await entered("b");
  for (const request of requests) assertEquals(await store.send("j", request), true);
  store.crash("j");
  release("b");
  await run.catch(() => {});
  takeLog();
  calm();
  release("b");
  return store;
}

permittedTest(
  "what a run has left is answered by the next one, in the order in which it was sent",
  ["read"],
  async () => {
    const [first, second] = ["one", "two"].map((value, index) =>
      requestOf({ request: "signal", signal: "approval", value }, `2026-11-30T12:00:0${index}.000Z`)
    );
    const store = await diedWith(...[second, first].filter((request) => request !== undefined));
    assertEquals((await store.pending("j")).length, 2);
    await resumeSample(store, "j", { keep: true });
    assertEquals([takeLog(), await store.pending("j")], [["+b", "+one"], []]);
    const sent = (await recordsOf(store)).flat().flatMap((event) => event.type === "signalled" ? [event.id] : []);
    assertEquals(sent, [first?.id, second?.id]);
  },
);

permittedTest("a command that writes answers what a run has left before it writes", ["read"], async () => {
  const left = requestOf({ request: "cancel", by: "ana" });
  const store = await diedWith(left);
  const signal = { signal: "approval", value: "late" };
  assertEquals((await assertRejects(() => signalJournal(store, "j", signal), TransactionClosed)).status, "cancelled");
  assertEquals((await historyOf(store, "j")).at(-1), "resumed, cancelled");
  assertEquals(await store.pending("j"), []);
});

permittedTest("a request that is answered already is only forgotten", ["read"], async () => {
  const left = requestOf({ request: "signal", signal: "approval", value: "once" });
  const store = await diedWith(left);
  await answerPending(store, "j", [left]);
  assertEquals(await store.pending("j"), []);
  const before = await recordsOf(store);
  await answerPending(store, "j", [left]);
  assertEquals(await recordsOf(store), before);
  const run = resumeSample(store, "j", { keep: true });
  await run;
  assertEquals(takeLog(), ["+b", "+once"]);
});

permittedTest("a stop that was sent to a run that has died does not stop the next one", ["read"], async () => {
  const stop = requestOf({ request: "stop" });
  const store = await diedWith(stop, requestOf({ request: "signal", signal: "approval", value: "go" }));
  await resumeSample(store, "j", { keep: true });
  assertEquals(takeLog(), ["+b", "+go"]);
  assertEquals((await inspectJournal(store, "j")).status, "finished");
});

permittedTest("a signal whose value no wait can take is refused and does no harm", ["read"], async () => {
  const value = { step: "1" };
  const valueMeta = { values: [["custom", "ref"]], v: 1 };
  const store = await diedWith(requestOf({ request: "signal", signal: "approval", value, valueMeta }));
  await assertRejects(() => resumeSample(store, "j"), TransactionPaused);
  const [event] = (await recordsOf(store)).flat().filter(({ type }) => type === "refused");
  assertEquals(event?.type, "refused");
  takeLog();
});

permittedTest("stopJournal() finds nothing to stop where no process runs the transaction", ["read"], async () => {
  calm();
  const store = new MemoryStore();
  await assertRejects(() => runFlow(store, (t) => void t.do(join, t.waitFor<string[]>("words"))), TransactionPaused);
  const before = await recordsOf(store);
  assertEquals((await stopJournal(store, "j", {})).kind, "idle");
  assertEquals(await recordsOf(store), before);
  await cancelJournal(store, "j", {});
  assertEquals((await assertRejects(() => stopJournal(store, "j", {}), TransactionClosed)).status, "cancelled");
  takeLog();
});

/** A store in which the run ends, and removes its journal, right after its requests were read. */
class EndingStore extends MemoryStore {
  #sent: readonly Request[] = [];
  end: () => Promise<unknown> = () => Promise.resolve();

  override async send(name: string, request: Request): Promise<boolean> {
    this.#sent = [request];
    return await super.send(name, request);
  }

  override async pending(): Promise<readonly Request[]> {
    await this.end();
    return this.#sent;
  }
}

permittedTest(
  "a signal is applied whose run ends, and removes its journal, while its sender looks",
  ["read"],
  async () => {
    calm();
    const store = new EndingStore();
    const run = runFlow(store, (t) => t.parallel((p) => [p.do(hold, "a"), p.waitFor<string>("go")]));
    await entered("a");
    store.end = async () => {
      release("a");
      await run;
    };
    let elapsed = 0;
    const clock = { ...SYSTEM_CLOCK, elapsed: () => elapsed += 1000 };
    const end = await signalJournal(store, "j", { signal: "go", value: "x" }, { clock });
    assertEquals([end.kind, takeLog()], ["applied", ["+a"]]);
    await assertRejects(() => inspectJournal(store, "j"), JournalNotFound);
  },
);
