import { assertEquals, assertRejects } from "@std/assert";
import { TransactionAborted } from "../../../lib/errors/running_errors.ts";
import { steps } from "../../../lib/plan/steps.ts";
import { rollbackJournal } from "../../../lib/run/start/continue_journal.ts";
import { MemoryStore } from "../../support/memory_store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { takeEffects } from "../../support/programs/sample_steps.ts";
import { runSample } from "../../support/programs/sample_transaction.ts";

const PLANNING = steps<typeof import("../../support/programs/planning_steps.ts")>(
  import.meta.resolve("../../support/programs/planning_steps.ts"),
);

permittedTest("a sub-plan may call functions that nothing before it has called", ["read"], async () => {
  assertEquals(await runSample(new MemoryStore(), "j", (t) => t.do(PLANNING.planJoin, "a", "b")), "a+b");
  assertEquals(takeEffects(), ["a+b"]);
});

permittedTest("rollbackJournal() undoes a step whose sub-plan has stopped half-way", ["read"], async () => {
  const store = new MemoryStore();
  const build = (t: Parameters<Parameters<typeof runSample>[2]>[0]) =>
    t.do(PLANNING.planFailing, "cure").with({ undo: PLANNING.takeBack });
  await assertRejects(() => runSample(store, "j", build), TransactionAborted);
  assertEquals(takeEffects(), ["inside"]);
  await rollbackJournal(store, "j", {});
  assertEquals(takeEffects(), ["undone inside", "undone undefined"]);
});
