import { assertEquals, assertRejects } from "@std/assert";
import { DecisionRefused } from "../../lib/errors/decision_errors.ts";
import { TransactionAborted, TransactionPaused } from "../../lib/errors/running_errors.ts";
import { inspectJournal } from "../../lib/inspect/data/inspect_state.ts";
import type { Planner } from "../../lib/plan/planner.ts";
import { resumeJournal } from "../../lib/run/start/continue_journal.ts";
import type { ScopeRequest } from "../../lib/state/run_scope.ts";
import { MemoryStore } from "../support/memory_store.ts";
import { permittedTest } from "../support/permitted_test.ts";
import { effects, failUnless, note, takeEffects } from "../support/programs/sample_steps.ts";
import { runSample } from "../support/programs/sample_transaction.ts";

/** A transaction that has failed at its first step, which is fixed now. */
async function failedStore(build: (t: Planner) => void): Promise<MemoryStore> {
  takeEffects();
  const store = new MemoryStore();
  await assertRejects(
    () =>
      runSample(store, "j", (t) => {
        t.do(failUnless, "fix");
        build(t);
      }),
    TransactionAborted,
  );
  effects.push("fix");
  return store;
}

async function resume(store: MemoryStore, scope: ScopeRequest): Promise<string> {
  try {
    await resumeJournal(store, "j", { scope });
    return "finished";
  } catch (error) {
    if (!(error instanceof TransactionPaused)) throw error;
    assertEquals([error.waitsFor, error.question], ["decision", undefined]);
    assertEquals(error.next.map(({ command }) => command), ["deno run -A jsr:@x/resumable-tx@0.1.0/cli resume j"]);
    return `stopped before ${error.step}`;
  }
}

async function statuses(store: MemoryStore): Promise<string> {
  const { status, steps } = await inspectJournal(store, "j");
  return `${status}: ${steps.map((step) => `${step.id} ${step.status}`).join(", ")}`;
}

permittedTest("resumeJournal() runs until a step, and what is left later", ["read"], async () => {
  const store = await failedStore((t) => {
    t.do(note, "a").with({ name: "last" });
    t.do(note, "b");
    t.do(note, "c");
  });
  assertEquals(await resume(store, { until: "last" }), "stopped before 3");
  assertEquals(await statuses(store), "interrupted: 1 finished, 2 finished, 3 pending, 4 pending");
  assertEquals(await resume(store, { only: "3" }), "stopped before 4");
  assertEquals(await resume(store, { until: "4" }), "finished");
  assertEquals(takeEffects(), ["fix", "fixed by fix", "a", "b", "c"]);
});

permittedTest("resumeJournal() runs the steps of a parallel group up to a step", ["read"], async () => {
  const store = await failedStore((t) =>
    t.parallel((p) => {
      p.do(note, "a");
      p.do(note, "b");
      p.do(note, "c");
    })
  );
  assertEquals(await resume(store, { until: "2.2" }), "stopped before 2.3");
  assertEquals(await statuses(store), "interrupted: 1 finished, 2 started, 2.1 finished, 2.2 finished, 2.3 pending");
});

permittedTest("resumeJournal() runs only one step of a parallel group", ["read"], async () => {
  const store = await failedStore((t) =>
    t.parallel((p) => {
      p.do(note, "a");
      p.do(note, "b");
    })
  );
  assertEquals(await resume(store, { only: "1" }), "stopped before 2.1");
  assertEquals(await resume(store, { only: "2.2" }), "stopped before 2.1");
  assertEquals(takeEffects(), ["fix", "fixed by fix", "b"]);
  assertEquals(await resume(store, { only: "2" }), "finished");
});

const REFUSED: readonly (readonly [what: string, scope: ScopeRequest, message: string])[] = [
  ["a step that comes later", { only: "2" }, "step 2: step 1 "],
  ["no step", { until: "9" }, "until step 9: "],
];

for (const [what, scope, message] of REFUSED) {
  Deno.test(`resumeJournal() refuses to run ${Object.keys(scope).join()} ${what}, and writes nothing`, async () => {
    const store = await failedStore((t) => void t.do(note, "a"));
    const before = await inspectJournal(store, "j");
    await assertRejects(() => resumeJournal(store, "j", { scope }), DecisionRefused, message);
    assertEquals(await inspectJournal(store, "j"), before);
  });
}

permittedTest("resumeJournal() refuses to run what is done", ["read"], async () => {
  const store = await failedStore((t) => void t.do(note, "a"));
  await resume(store, { only: "1" });
  const again = () => resumeJournal(store, "j", { scope: { until: "1" } });
  await assertRejects(again, DecisionRefused, "until step 1: ");
});
