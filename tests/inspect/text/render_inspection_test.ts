import { assertEquals, assertStringIncludes } from "@std/assert";
import { inspectJournal } from "../../../lib/inspect/data/inspect_state.ts";
import { readState } from "../../../lib/inspect/data/read_state.ts";
import { renderPage } from "../../../lib/inspect/html/render_page.ts";
import { redactNothing } from "../../../lib/inspect/redact/redact_secrets.ts";
import { paintFor } from "../../../lib/inspect/text/paint.ts";
import { renderInspection } from "../../../lib/inspect/text/render_inspection.ts";
import { MemoryStore } from "../../support/memory_store.ts";
import type { Store } from "../../../lib/storage/store.ts";
import { JOURNAL, planEvents, stepNode, storeOf } from "../sample_journal.ts";

/** A journal with something of everything: a value, a decision, attempts, a cause, a dropped value, a step unknown. */
function richStore() {
  const cause = { name: "TypeError", message: "no route" };
  const error = {
    name: "Error",
    message: "no\nhost",
    stack: "at async f (ext:core/1.js:1:1)\nat move (file:///a.ts:1:2)",
    cause,
  };
  return storeOf([
    planEvents([stepNode("1", { name: "größe" }), stepNode("2", { args: ["日本"] }), stepNode("3"), stepNode("4")]),
    [{ type: "started", step: "1", attempt: 1, run: 1 }],
    [
      { type: "finished", step: "1", attempt: 1, ms: 1, dropped: { reason: "value is a stream" } },
      { type: "started", step: "2", attempt: 1, run: 1 },
    ],
    [{ type: "failed", step: "2", attempt: 1, ms: 3, error }, { type: "aborted", step: "2" }],
    [
      { type: "resumed", run: 2, library: "0.1.0", pid: 42, recovered: { cutBytes: 3, savedAs: "ana.json.torn-1" } },
      { type: "decided", decision: "skip", step: "2", by: "ana", why: "not \u001b[31mneeded" },
      { type: "started", step: "3", attempt: 1, run: 2 },
    ],
  ]);
}

Deno.test("renderInspection() shows header, steps with notes, and what to type next", async () => {
  assertEquals(
    renderInspection(await inspectJournal(await richStore(), JOURNAL)),
    `Transaction  interrupted   move.ts
  journal    /srv/ana.json
  started    2026-11-23 02:15:00.125 UTC   last record 02:15:00.500   after 375 ms
  runs       2, the last since 2026-11-23 02:15:00.500 UTC by process 42 with resumable-tx 0.1.0
  repaired   before run 2, an incomplete record that a crash had left was removed, kept in ana.json.torn-1
  steps      1 finished, 1 skipped, 1 unknown, 1 pending

Steps
  1  state.größe = move()  finished  at 02:15:00.125, took 1 ms
     it has no value: value is a stream
  2  move("日本")          skipped   at 02:15:00.250, took 3 ms
     attempt 1 failed after 3 ms: Error: no\\nhost
     decided: skip by ana, 2026-11-23 02:15:00.500 UTC: not \\u001b[31mneeded
  3  move()                unknown   at 02:15:00.500
     it was interrupted: it may have happened or not. Find out, then decide
  4  move()                pending

Next
  Step 3 did not happen: run it
    deno run -A jsr:@x/resumable-tx@0.1.0/cli resume /srv/ana.json --retry 3
  Step 3 happened
    deno run -A jsr:@x/resumable-tx@0.1.0/cli resume /srv/ana.json --done 3
  Skip step 3
    deno run -A jsr:@x/resumable-tx@0.1.0/cli resume /srv/ana.json --skip 3
`,
  );
});

Deno.test("renderInspection() shows an error with its place and its causes", async () => {
  const cause = { name: "TypeError", message: "no route" };
  const stack = "at async f (ext:core/1.js:1:1)\nat move (file:///a.ts:1:2)";
  const store = await storeOf([
    planEvents([stepNode("1")]),
    [{ type: "started", step: "1", attempt: 1, run: 1 }],
    [
      { type: "failed", step: "1", attempt: 1, ms: 3, error: { name: "Error", message: "no", stack, cause } },
      { type: "aborted", step: "1" },
    ],
  ]);
  assertStringIncludes(
    renderInspection(await inspectJournal(store, JOURNAL)),
    `  error      step 1 move: Error: no
             at move (file:///a.ts:1:2)
             caused by TypeError: no route
`,
  );
});

Deno.test("renderInspection() says that a plan is not complete, and that a step could not be started", async () => {
  const [opened, planned] = planEvents([stepNode("1")]);
  if (opened === undefined || planned === undefined) throw new Error("There is no plan");
  const half = renderInspection(await inspectJournal(await storeOf([[opened], [planned]]), JOURNAL));
  assertStringIncludes(half, "plan       not complete: ");
  const error = { name: "TypeError", message: "no variable" };
  const store = await storeOf([planEvents([stepNode("1")]), [{ type: "aborted", step: "1", error }]]);
  assertStringIncludes(
    renderInspection(await inspectJournal(store, JOURNAL)),
    ": TypeError: no variable",
  );
});

for (const decision of ["done", "skip"] as const) {
  Deno.test(`renderInspection() does not show a failure as the reason after a ${decision}`, async () => {
    const error = { name: "Error", message: "broken" };
    const store = await storeOf([
      planEvents([stepNode("1", { name: "a" }), stepNode("2")]),
      [{ type: "started", step: "1", attempt: 1, run: 1 }],
      [{ type: "failed", step: "1", attempt: 1, ms: 3, error }, { type: "aborted", step: "1" }],
      [{ type: "decided", decision, step: "1" }],
    ]);
    const shown = renderInspection(await inspectJournal(store, JOURNAL));
    assertEquals(/^ {2}error /m.test(shown), false, shown);
    assertStringIncludes(shown, "attempt 1 failed after 3 ms: Error: broken\n");
  });
}

Deno.test("renderInspection() sums up a plan of 100,000 steps, and shows all when it is told to", async () => {
  const nodes = Array.from({ length: 100_000 }, (_, index) => stepNode(String(index + 1)));
  const inspection = await inspectJournal(await storeOf([planEvents(nodes)]), JOURNAL);
  const lines = renderInspection(inspection).split("\n");
  assertEquals(lines.slice(4, 20).map((line) => line.trim()), [
    "",
    "Steps",
    ...Array.from({ length: 11 }, (_, index) => `${index + 1}  move()  pending`),
    "… 99,986 steps pending …",
    "99998  move()  pending",
    "99999  move()  pending",
  ]);
  assertEquals(renderInspection(inspection, { all: true }).split("\n").length > 100_000, true);
});

/** A step of half a minute, and another after the clock was set back by a year; then a decision on the right day. */
async function setBack(): Promise<Store> {
  const times = ["2026-11-23T02:15:00.000Z", "2026-11-23T02:15:30.000Z", "2025-10-20T01:00:00.000Z"];
  const store = new MemoryStore(() => new Date(times.shift() ?? "2026-11-23T02:20:00.000Z"));
  const nodes = [stepNode("1"), stepNode("2"), stepNode("3")];
  const open = await store.create(JOURNAL, [...planEvents(nodes), { type: "started", step: "1", attempt: 1, run: 1 }]);
  await open.append([{ type: "finished", step: "1", attempt: 1, ms: 30_000 }]);
  await open.append([{ type: "started", step: "2", attempt: 1, run: 1 }]);
  await open.append([{ type: "decided", decision: "skip", step: "3" }]);
  await open.close();
  return store;
}

Deno.test("renderInspection() shows the times that the clock had when it was set back, and no time that passed", async () => {
  const inspection = await inspectJournal(await setBack(), JOURNAL);
  const lines = renderInspection(inspection).split("\n").map((line) => line.trim());
  assertEquals(lines.slice(2, 9), [
    "started    2026-11-23 02:15:00.000 UTC   last record 2026-11-23 02:20:00.000 UTC   the clock was changed in between",
    "steps      1 finished, 1 unknown, 1 skipped",
    "",
    "Steps",
    "1  move()  finished  at 02:15:00.000, took 30.000 s",
    "2  move()  unknown   at 2025-10-20 01:00:00.000 UTC",
    "it was interrupted: it may have happened or not. Find out, then decide",
  ]);
  assertEquals([inspection.ms, inspection.steps.map(({ offsetMs }) => offsetMs)], [undefined, [
    0,
    Date.parse("2025-10-20T01:00:00Z") - Date.parse("2026-11-23T02:15:00Z"),
    undefined,
  ]]);
});

Deno.test("renderPage() has times above its timeline, and says that the clock was set back", async () => {
  const page = renderPage(await readState(await setBack(), JOURNAL), {
    all: false,
    redact: redactNothing,
    history: [],
  });
  const axis = /<div class="axis">(.*?)<\/div>/.exec(page)?.[1]?.replaceAll("<span>", "").split("</span>") ?? [];
  assertEquals([axis.length, axis[0], axis[4]], [6, "2025-10-20 01:00:00.000 UTC", "02:15:30.000"]);
  assertEquals([/at -\d/.test(page), page.includes("clock was set back")], [false, true]);
});

Deno.test("renderInspection() colours nothing but what it is given to colour with", async () => {
  const inspection = await inspectJournal(await richStore(), JOURNAL);
  const plain = renderInspection(inspection);
  const coloured = renderInspection(inspection, { paint: paintFor(true) });
  // deno-lint-ignore no-control-regex -- that is what is looked for
  assertEquals([/\u001b/.test(plain), coloured.replaceAll(/\u001b\[\d+m/g, "")], [false, plain]);
});
