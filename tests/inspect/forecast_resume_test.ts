import { assertEquals, assertRejects } from "@std/assert";
import { DecisionRefused } from "../../lib/errors/decision_errors.ts";
import { JournalIncomplete, JournalLocked } from "../../lib/errors/opening_errors.ts";
import { TransactionClosed } from "../../lib/errors/running_errors.ts";
import { forecastResume } from "../../lib/inspect/forecast_resume.ts";
import { redactSecrets } from "../../lib/inspect/redact_secrets.ts";
import type { Event } from "../../lib/journal/event.ts";
import type { ResumeOptions } from "../../lib/run/transaction_options.ts";
import { JOURNAL, planEvents, stepNode, storeOf } from "./sample_journal.ts";

const REF = { args: [{ step: "2" }], argsMeta: { values: { "0": [["custom", "ref"]] }, v: 1 } };
const START: Event = { type: "started", step: "2", attempt: 1, run: 1 };
const FIRST: Event[] = [{ type: "started", step: "1", attempt: 1, run: 1 }];
const FINISH: Event[] = [{ type: "finished", step: "1", attempt: 1, ms: 1 }, START];

async function forecast(records: readonly (readonly Event[])[], options: ResumeOptions = {}): Promise<unknown> {
  const { steps, finishes } = await forecastResume(await storeOf(records), JOURNAL, {
    conceal: redactSecrets,
    ...options,
  });
  return [finishes, ...steps.map(({ status, what }) => `${status}: ${what}`)];
}

Deno.test("forecastResume() says what happens to each step", async () => {
  const plan = planEvents([stepNode("1"), stepNode("2"), stepNode("3", REF), stepNode("4")]);
  assertEquals(await forecast([plan, FIRST, FINISH]), [
    false,
    "finished: is done",
    "unknown: needs a decision: --retry 2, --done 2 or --skip 2",
    "pending: comes after that",
    "pending: comes after that",
  ]);
  assertEquals(await forecast([plan, FIRST, FINISH], { decisions: [{ step: "2", decision: "retry" }] }), [
    true,
    "finished: is done",
    "unknown: will run again, as attempt 2: so decided",
    "pending: will run",
    "pending: will run",
  ]);
  const done = { step: "2", decision: "done", result: { value: 1 } } as const;
  assertEquals(await forecast([plan, FIRST, FINISH], { decisions: [done, { step: "4", decision: "skip" }] }), [
    true,
    "finished: is done",
    "finished: is done",
    "pending: will run",
    "skipped: is left out",
  ]);
});

Deno.test("forecastResume() repeats what failed and what its author lets be repeated", async () => {
  const failed: Event = { type: "failed", step: "2", attempt: 1, ms: 1, error: { name: "Error", message: "" } };
  const plan = planEvents([stepNode("1"), stepNode("2", { options: { interrupted: "retry" } })]);
  assertEquals(await forecast([plan, FIRST, FINISH, [failed, { type: "aborted", step: "2" }]]), [
    true,
    "finished: is done",
    "failed: will run again, as attempt 2",
  ]);
  assertEquals(await forecast([plan, FIRST, FINISH]), [
    true,
    "finished: is done",
    "unknown: will run again, as attempt 2: its author lets it be repeated, interruption 1 of 2",
  ]);
});

Deno.test("forecastResume() stops where a value is missing", async () => {
  const end: Event = { type: "finished", step: "2", attempt: 1, ms: 1, dropped: { reason: "too large" } };
  assertEquals(await forecast([planEvents([stepNode("1"), stepNode("2"), stepNode("3", REF)]), FIRST, FINISH, [end]]), [
    false,
    "finished: is done",
    "finished: needs the value of step 2: --done 2 --result JSON",
    "pending: comes after that",
  ]);
});

Deno.test("forecastResume() says which modules would be looked for elsewhere", async () => {
  const plan = planEvents([stepNode("1", { module: 1 })], {
    modules: [{ url: "file:///srv/move.ts" }, { url: "file:///srv/lib/a.ts" }, { url: "https://example.org/b.ts" }],
  });
  const { moved } = await forecastResume(await storeOf([plan]), JOURNAL, {
    conceal: redactSecrets,
    home: "file:///opt/x/move.ts",
  });
  assertEquals(moved, [
    { from: "file:///srv/move.ts", to: "file:///opt/x/move.ts" },
    { from: "file:///srv/lib/a.ts", to: "file:///opt/x/lib/a.ts" },
  ]);
});

Deno.test("forecastResume() refuses what resume refuses", async () => {
  const plan = planEvents([stepNode("1")]);
  await assertRejects(() => forecast([plan.slice(0, 2)]), JournalIncomplete);
  await assertRejects(() => forecast([plan, [{ type: "cancelled" }]]), TransactionClosed);
  await assertRejects(() => forecast([plan], { decisions: [{ step: "9", decision: "retry" }] }), DecisionRefused);
  const held = await storeOf([plan], { isHeld: true });
  await assertRejects(
    () => forecastResume(held, JOURNAL, { conceal: redactSecrets }),
    JournalLocked,
    "process 41 on atlas",
  );
});
