/** Groups, plans that steps returned, sleeps, waits and signals, as `inspect` shows them. */
import { assertEquals } from "@std/assert";
import { inspectJournal } from "../../../lib/inspect/data/inspect_state.ts";
import { renderInspection } from "../../../lib/inspect/text/render_inspection.ts";
import type { Event } from "../../../lib/journal/event.ts";
import type { PlanNode } from "../../../lib/plan/node.ts";
import { JOURNAL, planEvents, stepNode, storeOf } from "../sample_journal.ts";

const CLI = "deno run -A jsr:@x/resumable-tx@0.1.0/cli";

/** Two branches side by side, of which one has a sequence in it; and a step behind them. */
const BRANCHES: readonly PlanNode[] = [
  { id: "1", kind: "parallel", limit: 2, name: "both" },
  stepNode("1.1", { args: ["a"] }),
  { id: "1.2", kind: "sequence" },
  stepNode("1.2.1", { args: ["b"] }),
  { id: "1.2.2", kind: "wait", signal: "approval" },
  { id: "1.3", kind: "sleep", ms: 90_000 },
  stepNode("2"),
];

function started(step: string, attempt = 1, run = 1): Event {
  return { type: "started", step, attempt, run };
}

function finished(step: string, rest: Partial<Extract<Event, { type: "finished" }>> = {}): Event {
  return { type: "finished", step, attempt: 1, ms: 1, ...rest };
}

/** Both branches have begun, one waits for a signal, the other sleeps. */
const WAITING: readonly (readonly Event[])[] = [
  planEvents(BRANCHES),
  [started("1.1"), started("1.2.1")],
  [finished("1.1"), finished("1.2.1", { value: 7 })],
  [
    { type: "waiting", step: "1.3", for: "time", until: "2026-11-23T02:20:00.000Z" },
    { type: "waiting", step: "1.2.2", for: "signal", signal: "approval" },
  ],
];

async function render(records: readonly (readonly Event[])[]): Promise<string> {
  return renderInspection(await inspectJournal(await storeOf(records), JOURNAL));
}

Deno.test("renderInspection() shows groups as a tree, and what the branches wait for", async () => {
  assertEquals(
    await render(WAITING),
    `Transaction  waiting   move.ts
  journal    /srv/ana.json
  started    2026-11-23 02:15:00.125 UTC   ended 02:15:00.375   took 250 ms
  steps      2 finished, 2 waiting, 1 pending
  waits for  step 1.3 to be due, 2026-11-23 02:20:00.000 UTC
             the signal "approval", for step 1.2.2

Steps
  1      both: parallel, at most 2 at a time  waiting   2 finished, 2 waiting
  1.1      move("a")                          finished  at 02:15:00.125, took 1 ms
  1.2      sequence                           waiting   1 finished, 1 waiting
  1.2.1      move("b")                        finished  at 02:15:00.125, took 1 ms  → 7
  1.2.2      wait for "approval"              waiting
             waits for the signal "approval": send it with the command signal
  1.3      sleep 1 min 30 s                   waiting
           until 2026-11-23 02:20:00.000 UTC
  2      move()                               pending

Next
  Send the signal "approval" to step 1.2.2
    ${CLI} signal /srv/ana.json approval JSON
  Then run the rest
    ${CLI} resume /srv/ana.json
  If no more steps should run, cancel the transaction
    ${CLI} cancel /srv/ana.json
`,
  );
});

Deno.test("inspectJournal() gives a group the status of the child that matters most", async () => {
  const statusesAfter = async (records: readonly (readonly Event[])[], isHeld = false) => {
    const { steps, counts } = await inspectJournal(await storeOf(records, { isHeld }), JOURNAL);
    return [...steps.map(({ status }) => status), counts];
  };
  const plan = planEvents([{ id: "1", kind: "parallel" }, stepNode("1.1"), stepNode("1.2")]);
  const both = [started("1.1"), started("1.2")];
  const failed: Event = { type: "failed", step: "1.2", attempt: 1, ms: 1, error: { name: "E", message: "" } };
  assertEquals(await statusesAfter([plan]), ["pending", "pending", "pending", { pending: 2 }]);
  assertEquals(await statusesAfter([plan, both], true), ["started", "started", "started", { started: 2 }]);
  assertEquals(await statusesAfter([plan, both]), ["unknown", "unknown", "unknown", { unknown: 2 }]);
  assertEquals(await statusesAfter([plan, [started("1.1")], [finished("1.1")]]), [
    "started",
    "finished",
    "pending",
    { finished: 1, pending: 1 },
  ]);
  assertEquals(await statusesAfter([plan, both, [finished("1.1"), failed, { type: "aborted", step: "1.2" }]]), [
    "failed",
    "finished",
    "failed",
    { finished: 1, failed: 1 },
  ]);
  assertEquals(await statusesAfter([plan, both, [finished("1.1"), finished("1.2")], [{ type: "ended" }]]), [
    "finished",
    "finished",
    "finished",
    { finished: 2 },
  ]);
  assertEquals(await statusesAfter([plan, [{ type: "decided", decision: "skip", step: "1" }]]), [
    "skipped",
    "skipped",
    "skipped",
    { skipped: 2 },
  ]);
});

Deno.test("inspectJournal() shows the plan that a step has returned below the step", async () => {
  const nodes = [stepNode("1.1", { args: ["x"] }), stepNode("1.2")];
  const { steps } = await inspectJournal(
    await storeOf([
      planEvents([stepNode("1", { name: "more" }), stepNode("2")]),
      [started("1")],
      [{ type: "expanded", step: "1", nodes }, finished("1", { expands: 1 }), started("1.1")],
    ]),
    JOURNAL,
  );
  assertEquals(steps.map(({ id, parent, depth, within, status }) => ({ id, parent, depth, within, status })), [
    { id: "1", parent: undefined, depth: 0, within: { unknown: 1, pending: 1 }, status: "started" },
    { id: "1.1", parent: "1", depth: 1, within: undefined, status: "unknown" },
    { id: "1.2", parent: "1", depth: 1, within: undefined, status: "pending" },
    { id: "2", parent: undefined, depth: 0, within: undefined, status: "pending" },
  ]);
});

Deno.test("inspectJournal() shows a step as finished when the plan that it returned is done", async () => {
  const nodes = [stepNode("1.1"), stepNode("1.2")];
  const expanded: Event = { type: "expanded", step: "1", nodes };
  const error = { name: "Error", message: "broken" };
  const lives: readonly (readonly [events: readonly Event[], status: string])[] = [
    [[], "started"],
    [
      [started("1.1"), { type: "failed", step: "1.1", attempt: 1, ms: 1, error }, { type: "aborted", step: "1.1" }],
      "failed",
    ],
    [[started("1.1"), finished("1.1"), started("1.2"), finished("1.2")], "finished"],
    [[started("1.1"), finished("1.1"), { type: "decided", decision: "skip", step: "1.2" }], "finished"],
  ];
  for (const [events, status] of lives) {
    const store = await storeOf([
      planEvents([stepNode("1")]),
      [started("1"), expanded, finished("1", { expands: 1 }), ...events],
    ]);
    const { steps, counts } = await inspectJournal(store, JOURNAL);
    assertEquals([steps[0]?.status, Object.values(counts).reduce((sum, count) => sum + count, 0)], [status, 3]);
  }
});

Deno.test("renderInspection() shows a signal that has arrived, and whether something waits for it", async () => {
  const signalled: Event = { type: "signalled", signal: "approval", by: "ana", value: { ok: true } };
  const text = await render([...WAITING, [signalled], [{ ...signalled, signal: "aproval" }]]);
  assertEquals(text.split("\n").filter((line) => line.includes("signal")), [
    '  signal     "approval" has arrived by ana, 2026-11-23 02:15:00.500 UTC → { ok: true }',
    '  signal     "aproval" has arrived by ana, 2026-11-23 02:15:00.625 UTC → { ok: true }; no step that is shown waits for it',
    '             the signal "approval", for step 1.2.2',
    "             its signal has arrived: resume continues",
  ]);
  assertEquals(text.split("\nNext\n")[1], `  Run the rest\n    ${CLI} resume /srv/ana.json\n`);
});

Deno.test("inspectJournal() keeps of two signals of one name the one that was not taken", async () => {
  const { signals, steps } = await inspectJournal(
    await storeOf([
      planEvents([{ id: "1", kind: "wait", signal: "go" }, stepNode("2")]),
      [{ type: "signalled", signal: "go", value: 1 }],
      [{ type: "signalled", signal: "go", value: 2 }],
      [finished("1", { value: 1 }), started("2")],
    ]),
    JOURNAL,
  );
  assertEquals(signals, [{ signal: "go", at: "2026-11-23T02:15:00.250Z", value: 2, valueText: "2" }]);
  assertEquals([steps[0]?.status, steps[0]?.valueText], ["finished", "1"]);
});

Deno.test("renderInspection() answers several open questions at once", async () => {
  const plan = planEvents([{ id: "1", kind: "parallel" }, stepNode("1.1", { name: "a" }), stepNode("1.2")]);
  const text = await render([plan, [started("1.1"), started("1.2")]]);
  const commands = text.split("\n").filter((line) => line.includes("/cli ")).map((line) => line.split("ana.json ")[1]);
  assertEquals(commands, ["--retry 1.1", "--done 1.1", "--skip 1.1", "--retry 1.2", "--done 1.2", "--skip 1.2"]);
});

Deno.test("inspectJournal() calls a transaction interrupted that died beside a sleep", async () => {
  const records = [
    planEvents([{ id: "1", kind: "parallel" }, { id: "1.1", kind: "sleep", ms: 5 }, stepNode("1.2")]),
    [started("1.2"), { type: "waiting", step: "1.1", for: "time", until: "2026-11-23T02:20:00.000Z" }],
  ] as const;
  assertEquals((await inspectJournal(await storeOf(records), JOURNAL)).status, "interrupted");
  assertEquals((await inspectJournal(await storeOf(records, { isHeld: true }), JOURNAL)).status, "started");
});

Deno.test("renderInspection() says until when a step is not tried again", async () => {
  const error = { name: "Error", message: "busy" };
  const text = await render([
    planEvents([stepNode("1", { options: { retry: { maxAttempts: 3 } } })]),
    [started("1")],
    [
      { type: "failed", step: "1", attempt: 1, ms: 2, error },
      { type: "retrying", step: "1", attempt: 2, until: "2026-11-23T02:20:00.000Z" },
    ],
  ]);
  assertEquals(
    text.slice(text.indexOf("\nSteps\n")),
    `
Steps
  1  move()  waiting  at 02:15:00.125, took 2 ms
     attempt 1 failed after 2 ms: Error: busy
     attempt 2 starts no earlier than 2026-11-23 02:20:00.000 UTC

Next
  After 2026-11-23 02:20:00.000 UTC, run the rest
    ${CLI} resume /srv/ana.json
`,
  );
});
