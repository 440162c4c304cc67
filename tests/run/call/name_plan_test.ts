import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import type { Plan } from "../../../lib/plan/plan_builder.ts";
import { PlanBuilder } from "../../../lib/plan/plan_builder.ts";
import type { Planner } from "../../../lib/plan/planner.ts";
import { steps } from "../../../lib/plan/steps.ts";
import { namePlan } from "../../../lib/run/call/plan_nodes.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { note, takeEffects, wasNoted } from "../../support/programs/sample_steps.ts";
import { STEPS_URL } from "../../support/programs/sample_transaction.ts";

const HOME = { url: STEPS_URL, resolve: import.meta.resolve };

function planned(build: (t: Planner) => unknown): Plan {
  const builder = new PlanBuilder();
  return builder.seal(build(builder.planner({})));
}

permittedTest(
  "namePlan() names the functions of each node, and of nodes without functions none",
  ["read"],
  async () => {
    const { store } = steps<{ store(text: string): string }>("https://example.com/s3@1/mod.ts");
    const plan = planned((t) => {
      t.sleep(5);
      t.parallel((p) => void p.do(note, "a").with({ interrupted: wasNoted, undo: store }));
      t.waitFor("go");
      t.do(store, "b").with({ interrupted: "retry", undo: note });
    });
    const { nodes, modules, known } = await namePlan(HOME, plan);
    assertEquals(modules, [STEPS_URL, "https://example.com/s3@1/mod.ts"]);
    const [noted, stored, wasNotedCode] = [
      { module: 0, export: "note" },
      { module: 1, export: "store" },
      { module: 0, export: "wasNoted" },
    ];
    assertEquals<unknown>(nodes, [
      { id: "1", kind: "sleep", ms: 5 },
      { id: "2", kind: "parallel" },
      { id: "2.1", kind: "step", ...noted, args: ["a"], options: { interrupted: wasNotedCode, undo: stored } },
      { id: "3", kind: "wait", signal: "go" },
      { id: "4", kind: "step", ...stored, args: ["b"], options: { interrupted: "retry", undo: noted } },
    ]);
    // What is only named has to be imported.
    assertEquals([...known.values()], [note, wasNoted]);
    takeEffects();
  },
);

permittedTest("namePlan() knows the function of an undo that is no step itself", ["read"], async () => {
  const { store } = steps<{ store(text: string): string }>("https://example.com/s3@1/mod.ts");
  const { known } = await namePlan(HOME, planned((t) => void t.do(store, "a").with({ undo: note })));
  assertEquals(known.size, 1);
  assertStrictEquals([...known.values()][0], note);
});

permittedTest("namePlan() says what a function is that cannot be found again", ["read"], async () => {
  const closure = () => {};
  const undo = planned((t) => t.sequence((s) => void s.do(note, "a").with({ undo: closure })));
  await assertRejects(
    () => namePlan(HOME, undo),
    TypeError,
    '"closure" of the undo ',
  );
  const probe = planned((t) => void t.do(note, "a").with({ interrupted: () => ({ done: false }), name: "first" }));
  await assertRejects(() => namePlan(HOME, probe), TypeError, 'the probe of step 1 "first"');
});
