/** Rollbacks, and transactions that were given up, as `inspect` shows them. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { inspectJournal } from "../../../lib/inspect/data/inspect_state.ts";
import { dryRunJournal } from "../../../lib/inspect/dry_run/dry_run.ts";
import { redactSecrets } from "../../../lib/inspect/redact/redact_secrets.ts";
import { renderInspection } from "../../../lib/inspect/text/render_inspection.ts";
import type { Event } from "../../../lib/journal/event.ts";
import { JOURNAL, planEvents, stepNode, storeOf } from "../sample_journal.ts";

const CLI = "deno run -A jsr:@x/resumable-tx@0.1.0/cli";
const UNDO = { options: { undo: { module: 0, export: "moveBack" } } };
const ERROR = { name: "Error", message: "no route" };

/** Three steps, of which the second has no undo function, are done; the fourth has failed. */
const FAILED: readonly (readonly Event[])[] = [
  planEvents([stepNode("1", UNDO), stepNode("2"), stepNode("3", { ...UNDO, args: ["x"] }), stepNode("4", UNDO)]),
  ...["1", "2", "3"].flatMap((step): Event[][] => [
    [{ type: "started", step, attempt: 1, run: 1 }],
    [{ type: "finished", step, attempt: 1, ms: 1 }],
  ]),
  [{ type: "started", step: "4", attempt: 1, run: 1 }],
  [{ type: "failed", step: "4", attempt: 1, ms: 1, error: ERROR }, { type: "aborted", step: "4" }],
];
const ROLLBACK: Event = { type: "decided", decision: "rollback", by: "ana", why: "not wanted" };
const RESUMED: Event = { type: "resumed", run: 2, library: "0.1.0" };
const UNDOING = { type: "undoing", step: "3", attempt: 1, run: 2 } as const;

async function inspect(records: readonly (readonly Event[])[]) {
  return await inspectJournal(await storeOf(records), JOURNAL);
}

function commandsOf({ next }: Awaited<ReturnType<typeof inspect>>): readonly string[] {
  return next.map(({ command }) => command.slice(CLI.length + 1).replace(" /srv/ana.json", ""));
}

Deno.test("inspectJournal() offers to undo what has happened where something can", async () => {
  assertEquals(commandsOf(await inspect(FAILED)), ["resume", "resume --skip 4", "rollback"]);
  const cancelled = await inspect([...FAILED, [{ type: "cancelled", by: "ana", why: "not wanted" }]]);
  assertEquals(commandsOf(cancelled), ["rollback"]);
  assertEquals(cancelled.cancelled, { at: "2026-11-23T02:15:01.125Z", by: "ana", why: "not wanted" });
  const plain = await inspect([planEvents([stepNode("1")]), [{ type: "cancelled" }]]);
  assertEquals([plain.status, commandsOf(plain)], ["cancelled", []]);
});

Deno.test("renderInspection() shows how far a rollback is, who wanted it, and what stays", async () => {
  const inspection = await inspect([
    ...FAILED,
    [RESUMED, ROLLBACK, UNDOING],
    [{ type: "undone", step: "3", attempt: 1, ms: 4 }, { type: "undoing", step: "1", attempt: 1, run: 2 }],
    [{ type: "failed", step: "1", attempt: 1, ms: 2, error: ERROR, undo: true }, { type: "aborted", step: "1" }],
  ]);
  assertEquals(inspection.rollback, { done: 1, left: 1, staying: ["2"] });
  assertEquals(inspection.decisions, [
    { decision: "rollback", at: "2026-11-23T02:15:01.125Z", by: "ana", why: "not wanted" },
  ]);
  assertEquals(
    renderInspection(inspection),
    `Transaction  aborted   move.ts
  journal    /srv/ana.json
  started    2026-11-23 02:15:00.125 UTC   ended 02:15:01.375   took 1.250 s
  runs       2, the last since 2026-11-23 02:15:01.125 UTC by an unknown process with resumable-tx 0.1.0
  steps      2 failed, 1 finished, 1 undone
  error      step 1 move could not be undone: Error: no route
  decided    to undo what has happened by ana, 2026-11-23 02:15:01.125 UTC: not wanted
  rollback   1 undone, 1 left to undo
  staying    step 2: the effect stays

Steps
  1  move()     failed    undo at 02:15:01.250, took 2 ms
  2  move()     finished  at 02:15:00.375, took 1 ms
     its effect stays: it has no undo function
  3  move("x")  undone    undo at 02:15:01.125, took 4 ms
  4  move()     failed    at 02:15:00.875, took 1 ms
     attempt 1 failed after 1 ms: Error: no route

Next
  When you have fixed the cause, undo the rest
    ${CLI} resume /srv/ana.json
  You undid step 1 by hand
    ${CLI} resume /srv/ana.json --done 1
  Keep the effect of step 1
    ${CLI} resume /srv/ana.json --skip 1
`,
  );
});

Deno.test("renderInspection() asks about no unknown step about which nothing can be said any more", async () => {
  const unknown = [
    planEvents([stepNode("1", UNDO), stepNode("2"), stepNode("3", UNDO)]),
    [{ type: "started", step: "1", attempt: 1, run: 1 }],
    [{ type: "finished", step: "1", attempt: 1, ms: 1 }, { type: "started", step: "2", attempt: 1, run: 1 }],
  ] satisfies Event[][];
  const undoing: Event = { type: "undoing", step: "1", attempt: 1, run: 2 };
  const notes = async (...more: readonly Event[][]): Promise<readonly string[]> => {
    const lines = renderInspection(await inspect([...unknown, ...more])).split("\n");
    const from = lines.findIndex((line) => line.startsWith("  2  "));
    return lines.slice(from + 1, lines.findIndex((line) => line.startsWith("  3  "))).map((line) => line.trim());
  };
  const open = "it was interrupted: it may have happened or not";
  const stays = "its effect stays, if it has one: it has no undo function";
  assertEquals(await notes([RESUMED]), [`${open}. Find out, then decide`]);
  assertEquals(await notes([{ type: "cancelled" }]), [open]);
  const isUndone: Event[] = [{ type: "undone", step: "1", attempt: 1, ms: 1 }, { type: "undone" }];
  assertEquals(await notes([RESUMED, ROLLBACK, undoing]), [open, stays]);
  assertEquals(await notes([RESUMED, ROLLBACK, undoing], isUndone), [open, stays]);
});

Deno.test("renderInspection() says that a rollback asks about an unknown step of a cancelled transaction", async () => {
  const started: Event = { type: "started", step: "1", attempt: 1, run: 1 };
  const text = renderInspection(await inspect([planEvents([stepNode("1", UNDO)]), [started], [{ type: "cancelled" }]]));
  assertStringIncludes(text, ". A rollback asks you\n");
});

Deno.test("inspectJournal() asks about an undo whose end nobody knows", async () => {
  const inspection = await inspect([...FAILED, [RESUMED, ROLLBACK, UNDOING]]);
  const [, , third] = inspection.steps;
  assertEquals([third?.status, third?.undo], ["unknown", { isUnderWay: true, attempts: 1, isLeft: false }]);
  assertEquals(commandsOf(inspection), ["resume --retry 3", "resume --done 3", "resume --skip 3"]);
  assertStringIncludes(renderInspection(inspection), "its undo was interrupted");
});

Deno.test("inspectJournal() asks whether a step happened that is to be undone", async () => {
  const [plan = []] = FAILED;
  const records = [plan, [{ type: "started", step: "1", attempt: 1, run: 1 }], [RESUMED, ROLLBACK]] as const;
  assertEquals(commandsOf(await inspect(records)), ["resume --done 1 --result JSON", "resume --skip 1"]);
});

Deno.test("inspectJournal() says of a step that its effect was left as it is", async () => {
  const inspection = await inspect([
    ...FAILED,
    [RESUMED, ROLLBACK, UNDOING],
    [{ type: "failed", step: "3", attempt: 1, ms: 2, error: ERROR, undo: true }, { type: "aborted", step: "3" }],
    [{ type: "decided", decision: "skip", step: "3", by: "bo" }],
  ]);
  assertEquals(inspection.rollback, { done: 0, left: 1, staying: ["2", "3"] });
  assertStringIncludes(renderInspection(inspection), "its effect stays by decision");
});

Deno.test("renderInspection() says of a step that has returned a plan what stays", async () => {
  const inspection = await inspect([
    planEvents([stepNode("1")]),
    [{ type: "started", step: "1", attempt: 1, run: 1 }],
    [{ type: "expanded", step: "1", nodes: [stepNode("1.1", UNDO)] }, {
      type: "finished",
      step: "1",
      attempt: 1,
      ms: 1,
      expands: 1,
    }],
    [{ type: "started", step: "1.1", attempt: 1, run: 1 }],
    [{ type: "finished", step: "1.1", attempt: 1, ms: 1 }, { type: "ended" }],
    [RESUMED, ROLLBACK, { ...UNDOING, step: "1.1" }],
  ]);
  assertStringIncludes(renderInspection(inspection), "what it did besides its plan stays: ");
});

Deno.test("dryRunJournal() says what a rollback would still undo", async () => {
  const store = await storeOf([...FAILED, [RESUMED, ROLLBACK, UNDOING], [{
    type: "undone",
    step: "3",
    attempt: 1,
    ms: 1,
  }]]);
  const { steps, finishes, isRollback } = await dryRunJournal(store, JOURNAL, { redact: redactSecrets });
  assertEquals([finishes, isRollback], [true, true]);
  assertEquals(steps.map(({ status, what }) => `${status}: ${what}`), [
    "finished: will be undone",
    "finished: stays as it is: it has no undo function",
    "undone: is undone",
    "failed: does not run any more",
  ]);
});

Deno.test("dryRunJournal() says what a run in branches would do, and what it would pause for", async () => {
  const store = await storeOf([
    planEvents([
      { id: "1", kind: "parallel" },
      { id: "1.1", kind: "wait", signal: "go" },
      { id: "1.2", kind: "sleep", ms: 5000 },
      stepNode("1.3"),
      { id: "1.4", kind: "wait", signal: "there" },
      stepNode("2"),
    ]),
    [{ type: "signalled", signal: "there" }],
  ]);
  const { steps, finishes, pausesFor } = await dryRunJournal(store, JOURNAL, { redact: redactSecrets });
  assertEquals([finishes, pausesFor], [false, ["signal"]]);
  assertEquals(steps.map(({ what }) => what), [
    "",
    "waits for its signal",
    "will sleep for 5.000 s",
    "will run",
    "its signal is there",
    "comes after that",
  ]);
});

Deno.test("dryRunJournal() asks about every step of several whose end nobody knows", async () => {
  const started: Event[] = ["1.1", "1.2"].map((step) => ({ type: "started", step, attempt: 1, run: 1 }));
  const plan = planEvents([{ id: "1", kind: "parallel" }, stepNode("1.1"), stepNode("1.2"), stepNode("1.3")]);
  const { steps, pausesFor } = await dryRunJournal(await storeOf([plan, started]), JOURNAL, {
    redact: redactSecrets,
  });
  assertEquals(pausesFor, ["decision"]);
  assertEquals(steps.map(({ what }) => what), [
    "",
    "needs a decision: --retry 1.1, --done 1.1 or --skip 1.1",
    "needs a decision: --retry 1.2, --done 1.2 or --skip 1.2",
    "comes after that",
  ]);
});
