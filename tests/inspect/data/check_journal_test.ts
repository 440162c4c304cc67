import { assertEquals } from "@std/assert";
import { checkJournal } from "../../../lib/inspect/data/check_journal.ts";
import { JOURNAL, newerStoreOf, planEvents, stepNode, storeOf } from "../sample_journal.ts";

const PLAN = planEvents([stepNode("1"), stepNode("2")]);

Deno.test("checkJournal() finds nothing wrong with a sound journal, also one that is being run", async () => {
  const sound = { journal: JOURNAL, isSound: true, records: 1, steps: 2, faults: [], moreFaults: 0, notes: [] };
  assertEquals(await checkJournal(await storeOf([PLAN]), JOURNAL), sound);
  const held = await checkJournal(await storeOf([PLAN], { isHeld: true }), JOURNAL);
  assertEquals(held, { ...sound, notes: ["a process is running it now"] });
});

Deno.test("checkJournal() reports every contradiction with its line", async () => {
  const report = await checkJournal(
    await storeOf([
      PLAN,
      [{ type: "started", step: "1", attempt: 2, run: 1 }],
      [{ type: "started", step: "1", attempt: 1, run: 1 }],
      [{ type: "finished", step: "1", attempt: 1, ms: 1, value: 1, valueMeta: { values: "nonsense", v: 1 } }],
      [{ type: "failed", step: "1", attempt: 1, ms: 1, error: { name: "Error", message: "" } }],
    ]),
    JOURNAL,
  );
  assertEquals([report.isSound, report.records, report.faults.map(({ line }) => line)], [false, 5, [2, 4, 5]]);
  assertEquals(report.faults[0]?.reason, "step 1 was started as attempt 2 of run 1");
});

Deno.test("checkJournal() reports a plan that is not complete, and what is too new", async () => {
  const half = await checkJournal(await storeOf([PLAN.slice(0, 2)]), JOURNAL);
  assertEquals(half.faults, [{
    line: 0,
    reason: "the plan was never completed, so no step ever ran; prune --incomplete removes it",
  }]);
  const newer = await checkJournal(
    await newerStoreOf([PLAN, [{ type: "signalled", signal: "go" }]], 'the event "mended"'),
    JOURNAL,
  );
  assertEquals(newer.faults, [{
    line: 2,
    reason: 'record 1: the event "mended" is not known to this version; a newer one wrote it',
  }]);
});
