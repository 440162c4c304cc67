/** What becomes of an undo that fails: attempts, decisions, and what it may not return. */
import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { TransactionAborted, TransactionUndone } from "../../../lib/errors/running_errors.ts";
import { inspectJournal } from "../../../lib/inspect/data/inspect_state.ts";
import { rollbackJournal } from "../../../lib/run/start/continue_journal.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { add, addLate, calm, remove, removeByPlan, takeLog, upset } from "../../support/programs/flow_steps.ts";
import { failedStore, statusesOf } from "../../support/programs/rollback_flow.ts";
import { historyOf, resumeSample } from "../../support/programs/sample_transaction.ts";

permittedTest("an undo that fails ends the rollback, and resume goes on with it", ["read"], async () => {
  const store = await failedStore();
  upset("-d");
  const error = await assertRejects(() => rollbackJournal(store, "j", {}), TransactionAborted);
  assertEquals(error.step, "3.2");
  assertMatch(error.message, /^Step 3\.2 "add" .*: RangeError: no way back from d\n/);
  assertEquals(error.next.map(({ command }) => command.split("/cli ")[1]), [
    "inspect j",
    "resume j",
    "resume j --done 3.2",
    "resume j --skip 3.2",
  ]);
  assertEquals(takeLog(), ["-c&d"]);
  calm();
  const undone = await assertRejects(() => resumeSample(store, "j"), TransactionUndone);
  assertEquals([undone.step, undone.left], ["", ["2"]]);
  assertStringIncludes(undone.message, "Steps 1, 3.1, 3.2, 4: undone");
  assertEquals(takeLog(), ["-d", "-c", "-a"]);
});

permittedTest("what an undo could not do can be said to be done, or left", ["read"], async () => {
  for (const [decision, left] of [["done", ["2"]], ["skip", ["2", "3.2"]]] as const) {
    const store = await failedStore();
    upset("-d");
    await assertRejects(() => rollbackJournal(store, "j", {}), TransactionAborted);
    const decide = () => resumeSample(store, "j", { decisions: [{ step: "3.2", decision }] });
    assertEquals((await assertRejects(decide, TransactionUndone)).left, left);
    assertEquals(takeLog(), ["-c&d", "-c", "-a"]);
  }
});

permittedTest("an undo is tried again as its step's option retry says", ["read"], async () => {
  const retry = { maxAttempts: 3, delayMs: 0 };
  const store = await failedStore((t) => {
    t.do(add, "a").with({ undo: remove, retry });
    t.do(add, "last");
  });
  upset("-a");
  await assertRejects(() => rollbackJournal(store, "j", {}), TransactionAborted);
  const failed = (await historyOf(store, "j")).join(", ").split(", ").filter((event) => event === "failed 1");
  assertEquals(failed.length, 3);
  takeLog();
});

permittedTest("failures of a step leave its undo as many attempts as before", ["read"], async () => {
  const store = await failedStore((t) => {
    t.do(addLate, "a").with({ undo: remove, retry: { maxAttempts: 2, delayMs: 0 } });
    t.do(add, "last");
  });
  upset("-a");
  await assertRejects(() => rollbackJournal(store, "j", {}), TransactionAborted);
  const { steps } = await inspectJournal(store, "j");
  assertEquals(steps[0]?.failures.map(({ attempt, undo }) => [attempt, undo]), [[1, undefined], [1, true], [2, true]]);
  takeLog();
});

permittedTest(
  "an undo that returns a plan is refused by a message that says so, and not retried",
  ["read"],
  async () => {
    const store = await failedStore((t) => {
      t.do(add, "a").with({ undo: removeByPlan, retry: { maxAttempts: 3, delayMs: 0 } });
      t.do(add, "last");
    });
    await assertRejects(() => rollbackJournal(store, "j", {}), TransactionAborted, "An undo cannot return a plan");
    assertEquals(takeLog(), ["-a"]);
    await resumeSample(store, "j", { decisions: [{ step: "1", decision: "done" }] }).catch(() => {});
    assertEquals([takeLog(), await statusesOf(store)], [[], ["undone", "1 undone", "2 failed"]]);
  },
);
