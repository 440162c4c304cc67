/** The option `defaults` of a transaction, as the journal has it, whoever looks at it. */
import { assertEquals, assertThrows } from "@std/assert";
import { type SharedOptions, steps, Transaction } from "../../mod.ts";
import { inFolder } from "../support/in_folder.ts";
import { permittedTest } from "../support/permitted_test.ts";

const STEPS = import.meta.resolve("../support/programs/sample_steps.ts");
const PLANNING = import.meta.resolve("../support/programs/planning_steps.ts");
const { note } = steps<typeof import("../support/programs/sample_steps.ts")>(STEPS);
const { planJoin } = steps<typeof import("../support/programs/planning_steps.ts")>(PLANNING);
const DEFAULTS = {
  interrupted: "retry",
  retry: { maxAttempts: 3, delayMs: 5 },
  timeoutMs: 60_000,
} satisfies SharedOptions;

permittedTest(
  "Transaction.run() gives its defaults to each step, unless that says otherwise",
  ["read", "write"],
  () =>
    inFolder({}, async (folder) => {
      const journal = `${folder}/j.json`;
      await Transaction.run({ url: STEPS, resolve: import.meta.resolve }, (t) => {
        t.do(note, "plain");
        t.do(note, "own").with({ name: "own", interrupted: "ask", retry: { maxAttempts: 1 } });
        t.with({ timeoutMs: 5_000 }).do(note, "of a planner");
        t.with({ timeoutMs: 5_000 }).do(note, "of both").with({ timeoutMs: 4_000 });
        t.parallel((p) => p.sequence((s) => s.do(note, "in groups")));
        t.with({ interrupted: "ask" }).parallel((p) => p.do(note, "in a group of a planner"));
        t.do(planJoin, "a");
      }, { journal, keep: true, defaults: DEFAULTS });
      const { steps: inspected } = await Transaction.inspect(journal);
      const said = inspected.filter(({ kind }) => kind === "step").map(({ id, options }) => [id, options]);
      assertEquals(said, [
        ["1", DEFAULTS],
        // An option is taken as a whole: what a step's own "retry" leaves out is not filled up from the defaults.
        ["2", { ...DEFAULTS, interrupted: "ask", retry: { maxAttempts: 1 } }],
        ["3", { ...DEFAULTS, timeoutMs: 5_000 }],
        ["4", { ...DEFAULTS, timeoutMs: 4_000 }],
        ["5.1.1", DEFAULTS],
        ["6.1", { ...DEFAULTS, interrupted: "ask" }],
        ["7", DEFAULTS],
        // The plan that a step returns says for itself what holds.
        ...inspected.filter(({ id }) => id.startsWith("7.")).map(({ id }) => [id, undefined]),
      ]);
      assertEquals(inspected.some(({ id }) => id.startsWith("7.")), true);
    }),
);

Deno.test("Transaction refuses defaults that are for a single step", () => {
  for (const option of ["name", "undo"]) {
    const defaults: SharedOptions = JSON.parse(`{"${option}":"x"}`);
    assertThrows(() => new Transaction(import.meta, { defaults }), TypeError, `"${option}"`);
  }
});
