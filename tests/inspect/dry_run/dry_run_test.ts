import { assertEquals, assertRejects } from "@std/assert";
import { DecisionRefused } from "../../../lib/errors/decision_errors.ts";
import { JournalIncomplete, JournalLocked } from "../../../lib/errors/opening_errors.ts";
import { TransactionClosed } from "../../../lib/errors/running_errors.ts";
import { dryRunJournal } from "../../../lib/inspect/dry_run/dry_run.ts";
import { redactSecrets } from "../../../lib/inspect/redact/redact_secrets.ts";
import type { Event } from "../../../lib/journal/event.ts";
import type { ResumeOptions } from "../../../lib/run/options/transaction_options.ts";
import { JOURNAL, planEvents, stepNode, storeOf } from "../sample_journal.ts";

const REF = { args: [{ step: "2" }], argsMeta: { values: { "0": [["custom", "ref"]] }, v: 1 } };
const START: Event = { type: "started", step: "2", attempt: 1, run: 1 };
const FIRST: Event[] = [{ type: "started", step: "1", attempt: 1, run: 1 }];
const FINISH: Event[] = [{ type: "finished", step: "1", attempt: 1, ms: 1 }, START];

async function dryRun(records: readonly (readonly Event[])[], options: ResumeOptions = {}): Promise<unknown> {
  const { steps, finishes } = await dryRunJournal(await storeOf(records), JOURNAL, {
    redact: redactSecrets,
    ...options,
  });
  return [finishes, ...steps.map(({ status, what }) => `${status}: ${what}`)];
}

Deno.test("dryRunJournal() says what happens to each step", async () => {
  const plan = planEvents([stepNode("1"), stepNode("2"), stepNode("3", REF), stepNode("4")]);
  assertEquals(await dryRun([plan, FIRST, FINISH]), [
    false,
    "finished: is done",
    "unknown: needs a decision: --retry 2 or --done 2 --result JSON",
    "pending: comes after that",
    "pending: comes after that",
  ]);
  assertEquals(await dryRun([plan, FIRST, FINISH], { decisions: [{ step: "2", decision: "retry" }] }), [
    true,
    "finished: is done",
    "unknown: will run again, as attempt 2, as decided",
    "pending: will run",
    "pending: will run",
  ]);
  const done = { step: "2", decision: "done", result: { value: 1 } } as const;
  assertEquals(await dryRun([plan, FIRST, FINISH], { decisions: [done, { step: "4", decision: "skip" }] }), [
    true,
    "finished: is done",
    "finished: is done",
    "pending: will run",
    "skipped: is skipped",
  ]);
});

Deno.test("dryRunJournal() repeats what failed and what its author lets be repeated", async () => {
  const failed: Event = { type: "failed", step: "2", attempt: 1, ms: 1, error: { name: "Error", message: "" } };
  const plan = planEvents([stepNode("1"), stepNode("2", { options: { interrupted: "retry" } })]);
  assertEquals(await dryRun([plan, FIRST, FINISH, [failed, { type: "aborted", step: "2" }]]), [
    true,
    "finished: is done",
    "failed: will run again, as attempt 2",
  ]);
  assertEquals(await dryRun([plan, FIRST, FINISH]), [
    true,
    "finished: is done",
    "unknown: will run again, as attempt 2: it may be repeated after an interruption, this is 1 of 2",
  ]);
});

Deno.test("dryRunJournal() stops where a value is missing", async () => {
  const end: Event = { type: "finished", step: "2", attempt: 1, ms: 1, dropped: { reason: "too large" } };
  assertEquals(await dryRun([planEvents([stepNode("1"), stepNode("2"), stepNode("3", REF)]), FIRST, FINISH, [end]]), [
    false,
    "finished: is done",
    "finished: needs the value of step 2: --done 2 --result JSON",
    "pending: comes after that",
  ]);
});

Deno.test("dryRunJournal() says which modules would be looked for elsewhere", async () => {
  const plan = planEvents([stepNode("1", { module: 1 })], {
    modules: [{ url: "file:///srv/move.ts" }, { url: "file:///srv/lib/a.ts" }, { url: "https://example.org/b.ts" }],
  });
  const { moved } = await dryRunJournal(await storeOf([plan]), JOURNAL, {
    redact: redactSecrets,
    home: "file:///opt/x/move.ts",
  });
  assertEquals(moved, [
    { from: "file:///srv/move.ts", to: "file:///opt/x/move.ts" },
    { from: "file:///srv/lib/a.ts", to: "file:///opt/x/lib/a.ts" },
  ]);
});

Deno.test("dryRunJournal() refuses what resume refuses", async () => {
  const plan = planEvents([stepNode("1")]);
  await assertRejects(() => dryRun([plan.slice(0, 2)]), JournalIncomplete);
  await assertRejects(() => dryRun([plan, [{ type: "cancelled" }]]), TransactionClosed);
  await assertRejects(() => dryRun([plan], { decisions: [{ step: "9", decision: "retry" }] }), DecisionRefused);
  const held = await storeOf([plan], { isHeld: true });
  await assertRejects(
    () => dryRunJournal(held, JOURNAL, { redact: redactSecrets }),
    JournalLocked,
    "process 41 on atlas",
  );
});

Deno.test("dryRunJournal() names --skip where nobody needs the value", async () => {
  const plan = planEvents([stepNode("1"), stepNode("2")]);
  assertEquals(await dryRun([plan, FIRST, FINISH]), [
    false,
    "finished: is done",
    "unknown: needs a decision: --retry 2, --done 2 or --skip 2",
  ]);
});

const UNDO = { options: { undo: { module: 0, export: "back" } } } as const;
const ROLLBACK: Event = { type: "decided", decision: "rollback" };

Deno.test("dryRunJournal() says in a rollback that a step without undo that may have happened stays", async () => {
  const plan = planEvents([stepNode("1", UNDO), stepNode("2"), stepNode("3")]);
  const resumed: Event = { type: "resumed", run: 2, library: "0.1.0" };
  assertEquals(await dryRun([plan, FIRST, FINISH, [resumed, ROLLBACK]]), [
    true,
    "finished: will be undone",
    "unknown: stays as it is: it has no undo function",
    "pending: does not run any more",
  ]);
});

Deno.test("dryRunJournal() says in a rollback that asks what will be undone after the answer", async () => {
  const [one, two, late] = [stepNode("1", UNDO), stepNode("2", UNDO), stepNode("3")];
  const asked: Event = { type: "waiting", step: "2", for: "decision" };
  const resumed: Event = { type: "resumed", run: 2, library: "0.1.0" };
  assertEquals(await dryRun([planEvents([one, two, late]), FIRST, FINISH, [resumed, ROLLBACK], [asked]]), [
    false,
    "finished: will be undone",
    "unknown: needs a decision: --done 2 --result JSON or --skip 2",
    "pending: does not run any more",
  ]);
  const kept: Event = { type: "decided", decision: "rollback", to: "1" };
  assertEquals(await dryRun([planEvents([one, two, late]), FIRST, FINISH, [resumed, kept], [asked]]), [
    false,
    "finished: stays as it is",
    "unknown: needs a decision: --done 2 --result JSON or --skip 2",
    "pending: does not run any more",
  ]);
});

Deno.test("dryRunJournal() names the pause before an undo is tried again", async () => {
  const plan = planEvents([stepNode("1", UNDO), stepNode("2")]);
  const error = { name: "Error", message: "" };
  const failed: Event = { type: "failed", step: "1", attempt: 1, ms: 1, error, undo: true };
  const retrying: Event = { type: "retrying", step: "1", attempt: 2, until: "9999-01-01T00:00:00.000Z" };
  const ended: Event = { type: "finished", step: "2", attempt: 1, ms: 1 };
  const undoing: Event = { type: "undoing", step: "1", attempt: 1, run: 1 };
  const records = [plan, FIRST, FINISH, [ended, ROLLBACK, undoing], [failed, retrying]];
  const again = "will be undone, as attempt 2 to do so";
  for (const [now, what] of [[false, `${again}, not before 9999-01-01 00:00:00.000 UTC`], [true, again]] as const) {
    assertEquals(await dryRun(records, { now }), [
      true,
      `waiting: ${what}`,
      "finished: stays as it is: it has no undo function",
    ]);
    const { undo } = await dryRunJournal(await storeOf(records), JOURNAL, { redact: redactSecrets, now });
    assertEquals(undo?.map((step) => step.what), [what]);
  }
});

Deno.test("dryRunJournal() stops at a sleep that lasts too long to wait for", async () => {
  const sleepOf = (ms: number): Event[] =>
    planEvents([stepNode("1"), { id: "2", kind: "sleep", ms }, { id: "3", kind: "sleep", ms }, stepNode("4")]);
  const look = async (records: readonly (readonly Event[])[]) => {
    const options = { redact: redactSecrets, maxIdleMs: 60_000 };
    const { finishes, sleeps, steps, blocking } = await dryRunJournal(await storeOf(records), JOURNAL, options);
    // The module is nowhere, which does not matter to a run that only finds that it still has to wait.
    if (records.length > 1) assertEquals(blocking, []);
    return [finishes, sleeps, ...steps.map(({ what }) => what)];
  };
  const will = "will sleep for 1 min 0 s";
  assertEquals(await look([sleepOf(60_000)]), [true, undefined, "will run", will, will, "will run"]);
  assertEquals(await look([sleepOf(61_000)]), [
    false,
    { step: "2" },
    "will run",
    "will sleep for 1 min 1 s",
    "comes after that",
    "comes after that",
  ]);
  const until = "9999-01-01T00:00:00.000Z";
  const asleep: Event = { type: "waiting", step: "2", for: "time", until };
  const [done] = FINISH;
  assertEquals(await look([sleepOf(1e9), FIRST, done === undefined ? [] : [done], [asleep]]), [
    false,
    { step: "2", until },
    "is done",
    "sleeps until 9999-01-01 00:00:00.000 UTC",
    "comes after that",
    "comes after that",
  ]);
});

Deno.test("dryRunJournal() says of a step whose plan is not complete that it has returned one", async () => {
  const expanded: Event = { type: "expanded", step: "1", nodes: [stepNode("1.1"), stepNode("1.2")] };
  const error = { name: "Error", message: "" };
  const records: readonly (readonly Event[])[] = [
    planEvents([stepNode("1"), stepNode("2")]),
    FIRST,
    [expanded, { type: "finished", step: "1", attempt: 1, ms: 1, expands: 1 }],
    [
      { type: "started", step: "1.1", attempt: 1, run: 1 },
      { type: "failed", step: "1.1", attempt: 1, ms: 1, error },
      { type: "aborted", step: "1.1" },
    ],
  ];
  assertEquals(await dryRun(records), [
    true,
    "failed: has returned a plan",
    "failed: will run again, as attempt 2",
    "pending: will run",
    "pending: will run",
  ]);
});
