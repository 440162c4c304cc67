import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { TransactionPaused } from "../../../lib/errors/running_errors.ts";
import type { Event } from "../../../lib/journal/event.ts";
import type { PlanNode } from "../../../lib/plan/node.ts";
import { MemoryStore } from "../../support/memory_store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { effects, note, takeEffects, wasNoted } from "../../support/programs/sample_steps.ts";
import { eventsOf, historyOf, resumeSample, runSample, STEPS_URL } from "../../support/programs/sample_transaction.ts";

/** A journal of `note("a")`, whose value `note` gets again, killed in its first step. */
async function killedStore(): Promise<MemoryStore> {
  const store = new MemoryStore();
  const options = { interrupted: { module: 0, export: "wasNoted" } };
  const ref = { args: [{ step: "1" }], argsMeta: { values: { "0": [["custom", "ref"]] }, v: 1 } };
  const nodes: readonly PlanNode[] = [
    { id: "1", kind: "step", module: 0, export: "note", args: ["a"], options },
    { id: "2", kind: "step", module: 0, export: "note", ...ref },
  ];
  const first: readonly Event[] = [
    {
      type: "opened",
      format: 1,
      id: "sample",
      library: "0.1.0",
      home: STEPS_URL,
      modules: [{ url: STEPS_URL }],
      options: {},
    },
    { type: "planned", nodes },
    { type: "ready", nodes: 2 },
  ];
  const journal = await store.create("j", first);
  await journal.append([{ type: "started", step: "1", attempt: 1, run: 1 }]);
  store.crash("j");
  return store;
}

permittedTest("a probe is stored by name, and not called when nothing was interrupted", ["read"], async () => {
  const store = new MemoryStore();
  await runSample(store, "j", (t) => void t.do(note, "a").with({ interrupted: wasNoted }), { keep: true });
  const planned = (await eventsOf(store, "j")).find((event) => event.type === "planned");
  const [node] = planned?.nodes ?? [];
  assertEquals(node?.kind === "step" ? node.options : undefined, { interrupted: { module: 0, export: "wasNoted" } });
  assertEquals(takeEffects(), ["a"]);
});

permittedTest("a probe that finds the effect ends the step with its value", ["read"], async () => {
  const store = await killedStore();
  effects.push("a");
  await resumeSample(store, "j", { keep: true });
  assertEquals(takeEffects(), ["a", "a"]);
  const decided = (await eventsOf(store, "j")).find((event) => event.type === "decided");
  assertEquals(decided, { type: "decided", decision: "done", step: "1", by: "probe", given: true, value: "a" });
});

permittedTest("a probe that finds no effect lets the step run", ["read"], async () => {
  const store = await killedStore();
  await resumeSample(store, "j", { keep: true });
  assertEquals(takeEffects(), ["a", "a"]);
  const decided = (await eventsOf(store, "j")).find((event) => event.type === "decided");
  assertEquals(decided, { type: "decided", decision: "retry", step: "1", by: "probe" });
  assertEquals((await historyOf(store, "j")).slice(2), [
    "resumed",
    "decided 1, started 1",
    "finished 1, started 2",
    "finished 2, ended",
  ]);
});

for (const [state, why] of [["unsure", "its probe could not find out"], ["broken", "The probe is broken"]] as const) {
  permittedTest(
    `a probe that is ${state} leads to the question, and is asked again by the next resume`,
    ["read"],
    async () => {
      const store = await killedStore();
      effects.push(state);
      const error = await assertRejects(() => resumeSample(store, "j"), TransactionPaused);
      assertStringIncludes(error.message, why);
      assertEquals(takeEffects(), [state]);
      await resumeSample(store, "j");
      assertEquals(takeEffects(), ["a", "a"]);
    },
  );
}

permittedTest("a person's word goes before the probe's", ["read"], async () => {
  const store = await killedStore();
  await resumeSample(store, "j", { decisions: [{ step: "1", decision: "done", result: { value: "by hand" } }] });
  assertEquals(takeEffects(), ["by hand"]);
});

permittedTest(
  "three interrupted attempts in a row lead to the question, whatever the probe says",
  ["read"],
  async () => {
    const store = await killedStore();
    const journal = await store.open("j", () => {});
    await journal.recover();
    for (const run of [2, 3]) {
      await journal.append([{ type: "resumed", run, library: "0.1.0" }, {
        type: "decided",
        decision: "retry",
        step: "1",
        by: "probe",
      }, { type: "started", step: "1", attempt: run, run }]);
    }
    await journal.close();
    await assertRejects(() => resumeSample(store, "j"), TransactionPaused);
    assertEquals(takeEffects(), []);
  },
);
