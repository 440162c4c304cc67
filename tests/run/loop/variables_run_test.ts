/** A run looks for every variable that it may need before its first call, so that it does not end half-way. */
import { assertEquals, assertRejects } from "@std/assert";
import { TransactionAborted, TransactionPaused } from "../../../lib/errors/running_errors.ts";
import type { Planner } from "../../../lib/plan/planner.ts";
import { env } from "../../../lib/plan/ref.ts";
import { signalJournal } from "../../../lib/run/amend/send_request.ts";
import type { TransactionOptions } from "../../../lib/run/options/transaction_options.ts";
import { resumeJournal, rollbackJournal } from "../../../lib/run/start/continue_journal.ts";
import { MemoryStore } from "../../support/memory_store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { add, addVariable, calm, join, remove, takeLog, upset, wasAdded } from "../../support/programs/flow_steps.ts";
import { recordsOf, runFlow, storeOf } from "../../support/programs/flow_transaction.ts";
import { statusesOf } from "../../support/programs/rollback_flow.ts";

const NAME = "RESUMABLE_TX_TEST_VARIABLE";
const NEEDED = ["read", "env"] as const;

/** Runs with the variable, or without it. */
async function withVariable<T>(value: string | undefined, work: () => Promise<T>): Promise<T> {
  if (value === undefined) Deno.env.delete(NAME);
  else Deno.env.set(NAME, value);
  try {
    return await work();
  } finally {
    Deno.env.delete(NAME);
  }
}

/** The run is aborted because of the variable, and has called nothing. */
async function assertLacking(step: string, work: () => Promise<unknown>): Promise<void> {
  const error = await withVariable(undefined, () => assertRejects(work, TransactionAborted));
  assertEquals([error.step, takeLog()], [step, []]);
  // The first line says it once.
  assertEquals(error.message.split("\n")[0]?.split(NAME).length, 2, error.message);
}

const resume = (store: MemoryStore) => resumeJournal(store, "j", { keep: true });

const PLANS:
  readonly (readonly [what: string, step: string, done: readonly string[], build: (t: Planner) => unknown])[] = [
    ["a later step", "3", ["+a", "+b", "+v"], (t) => {
      t.do(add, "a");
      t.do(add, "b");
      t.do(add, env(NAME));
    }],
    ["a part of an argument", "2", ["+a", "+b&v"], (t) => {
      t.do(add, "a");
      t.do(join, ["b", env(NAME)]);
    }],
    ["a step of a parallel group", "2.2", ["+a", "+b", "+v"], (t) => {
      t.do(add, "a");
      t.parallel((p) => [p.do(add, "b"), p.do(add, env(NAME))]);
    }],
    ["a step of a sequence in a group", "1.1.2", ["+a", "+c", "+v"], (t) => {
      t.parallel((p) => {
        p.sequence((s) => [s.do(add, "a"), s.do(add, env(NAME))]);
        p.do(add, "c");
      });
    }],
    ["two steps", "1", ["+v", "+v"], (t) => {
      t.do(add, env(NAME));
      t.do(add, env(NAME));
    }],
  ];

for (const [what, step, done, build] of PLANS) {
  permittedTest(`a run calls nothing if a variable for ${what} is missing, and a resume neither`, NEEDED, async () => {
    for (const onFailure of ["stop", "rollback"] as const) {
      const store = new MemoryStore();
      await assertLacking(step, () => runFlow(store, build, { keep: true, onFailure }));
      await assertLacking(step, () => resume(store));
      await withVariable("v", () => resume(store));
      assertEquals(takeLog(), done);
    }
  });
}

/** Runs until the second step fails, with the variable. */
async function runToFailure(build: (t: Planner) => unknown, options: TransactionOptions = {}): Promise<MemoryStore> {
  const store = new MemoryStore();
  upset("b");
  await withVariable("v", () => assertRejects(() => runFlow(store, build, { keep: true, ...options })));
  calm();
  assertEquals(takeLog(), ["+v"]);
  return store;
}

permittedTest("a rollback undoes nothing if an undo lacks a variable", NEEDED, async () => {
  const store = await runToFailure((t) => {
    t.do(add, env(NAME)).with({ undo: remove });
    t.do(add, "b").with({ undo: remove });
  });
  await assertLacking("1", () => rollbackJournal(store, "j", {}));
  assertEquals(await statusesOf(store), ["aborted", "1 finished", "2 failed"]);
  await withVariable("v", () => rollbackJournal(store, "j", {}));
  assertEquals(takeLog(), ["-v"]);
});

permittedTest(
  "a run that may have to undo needs the variables of the undo functions, another one does not",
  NEEDED,
  async () => {
    const build = (t: Planner) => {
      t.do(add, env(NAME)).with({ undo: remove });
      t.waitFor("go");
      t.do(add, "c");
    };
    for (const onFailure of ["stop", "rollback"] as const) {
      const store = new MemoryStore();
      const options = { keep: true, onFailure };
      await withVariable("v", () => assertRejects(() => runFlow(store, build, options), TransactionPaused));
      await signalJournal(store, "j", { signal: "go", value: 1 });
      assertEquals(takeLog(), ["+v"]);
      if (onFailure === "rollback") {
        await assertLacking("1", () => resume(store));
        await withVariable("v", () => resume(store));
      } else await withVariable(undefined, () => resume(store));
      assertEquals(takeLog(), ["+c"]);
    }
  },
);

permittedTest("a probe is not asked if its step lacks a variable", NEEDED, async () => {
  const first = new MemoryStore();
  const build = (t: Planner) => void t.do(add, env(NAME)).with({ interrupted: wasAdded });
  await assertLacking("1", () => runFlow(first, build, { keep: true }));
  const store = await storeOf([...(await recordsOf(first)).slice(0, 1), [{
    type: "started",
    step: "1",
    attempt: 1,
    run: 1,
  }]]);
  await assertLacking("1", () => resume(store));
  const paused = await withVariable("v", () => assertRejects(() => resume(store), TransactionPaused));
  assertEquals([paused.question, paused.message.includes("its probe could not find out")], ["unknown", true]);
});

permittedTest("no step of a plan that a step returned runs if one of them lacks a variable", NEEDED, async () => {
  const store = new MemoryStore();
  const build = (t: Planner) => {
    t.do(addVariable, NAME);
    t.do(add, "z");
  };
  await assertLacking("1.2", () => runFlow(store, build, { keep: true }));
  await assertLacking("1.2", () => resume(store));
  await withVariable("v", () => resume(store));
  assertEquals(takeLog(), ["+inner", "+v", "+z"]);
});

permittedTest("a run that does not come to a step, or waits first, needs no variable for it", NEEDED, async () => {
  const store = new MemoryStore();
  const build = (t: Planner) => {
    t.waitFor("go");
    t.do(add, "a");
    t.do(add, env(NAME)).with({ name: "last" });
  };
  await withVariable(undefined, () => assertRejects(() => runFlow(store, build, { keep: true }), TransactionPaused));
  await signalJournal(store, "j", { signal: "go", value: 1 });
  await assertLacking("3", () => resume(store));
  const until = () => resumeJournal(store, "j", { keep: true, scope: { until: "2" } });
  await withVariable(undefined, () => assertRejects(until, TransactionPaused));
  assertEquals(takeLog(), ["+a"]);
  const skip = [{ step: "last", decision: "skip" }] as const;
  await withVariable(undefined, () => resumeJournal(store, "j", { keep: true, decisions: skip }));
  assertEquals(takeLog(), []);
});
