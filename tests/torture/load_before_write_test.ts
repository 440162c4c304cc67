import { assertEquals, assertRejects } from "@std/assert";
import { JournalNotFound } from "../../lib/errors/opening_errors.ts";
import { ModuleUnavailable } from "../../lib/errors/planning_errors.ts";
import { steps } from "../../lib/plan/steps.ts";
import { MemoryStore } from "../support/memory_store.ts";
import { permittedTest } from "../support/permitted_test.ts";
import { note, takeEffects } from "../support/programs/sample_steps.ts";
import { historyOf, plannedNotes, resumeSample, runSample, STEPS_URL } from "../support/programs/sample_transaction.ts";

permittedTest("startTransaction() loads all functions before it makes the journal", ["read"], async () => {
  const store = new MemoryStore();
  const { gone } = steps<{ gone: () => void }>(STEPS_URL);
  await assertRejects(
    () =>
      runSample(store, "j", (t) => {
        t.do(note, "a");
        t.do(gone);
      }),
    ModuleUnavailable,
    "gone",
  );
  assertEquals(takeEffects(), []);
  await assertRejects(() => store.read("j", () => {}), JournalNotFound);
});

permittedTest("resumeJournal() loads all functions before it writes", ["read"], async () => {
  const store = new MemoryStore();
  const events = plannedNotes(["a", "b"]).map((event) =>
    event.type === "planned"
      ? { ...event, nodes: event.nodes.map((node) => node.id === "2" ? { ...node, export: "gone" } : node) }
      : event
  );
  await (await store.create("j", events)).close();
  await assertRejects(() => resumeSample(store, "j"), ModuleUnavailable, "gone");
  assertEquals(takeEffects(), []);
  assertEquals(await historyOf(store, "j"), ["opened, planned, ready"]);
});
