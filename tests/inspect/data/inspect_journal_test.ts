import { assertEquals, assertRejects } from "@std/assert";
import { JournalDamaged } from "../../../lib/errors/opening_errors.ts";
import { inspectJournal } from "../../../lib/inspect/data/inspect_state.ts";
import type { InspectedStep } from "../../../lib/inspect/data/inspected_step.ts";
import type { Event } from "../../../lib/journal/event.ts";
import { JOURNAL, newerStoreOf, planEvents, stepNode, storeOf } from "../sample_journal.ts";

const TWO_STEPS = planEvents([
  stepNode("1", { name: "user", args: ["ana"] }),
  stepNode("2", { args: [{ step: "1", path: ["id"] }], argsMeta: { values: { "0": [["custom", "ref"]] }, v: 1 } }),
]);

/** The first step of the aborted journal below. */
const FIRST_STEP: InspectedStep = {
  id: "1",
  name: "user",
  kind: "step",
  depth: 0,
  module: "file:///srv/move.ts",
  export: "move",
  args: ["ana"],
  generation: 0,
  call: 'state.user = move("ana")',
  status: "finished",
  policy: "ask",
  isApproved: false,
  attempts: 1,
  startedAt: "2026-11-23T02:15:00.125Z",
  offsetMs: 0,
  ms: 2.5,
  value: { id: 7 },
  valueText: "{ id: 7 }",
  isReferenced: true,
  failures: [],
  decisions: [],
};

Deno.test("inspectJournal() says all that an aborted journal holds", async () => {
  const error = { name: "Error", message: "no", stack: "at move (file:///srv/move.ts:1:1)" };
  const store = await storeOf([
    TWO_STEPS,
    [{ type: "started", step: "1", attempt: 1, run: 1 }],
    [
      { type: "finished", step: "1", attempt: 1, ms: 2.5, value: { id: 7 } },
      { type: "started", step: "2", attempt: 1, run: 1 },
    ],
    [{ type: "failed", step: "2", attempt: 1, ms: 1, error }, { type: "aborted", step: "2" }],
  ]);
  const resume = "deno run -A jsr:@x/resumable-tx@0.1.0/cli resume /srv/ana.json";
  assertEquals(await inspectJournal(store, JOURNAL), {
    journal: JOURNAL,
    id: "6f1c",
    library: "0.1.0",
    format: 1,
    home: "file:///srv/move.ts",
    status: "aborted",
    isHeld: false,
    isPlanned: true,
    options: {},
    openedAt: "2026-11-23T02:15:00.000Z",
    startedAt: "2026-11-23T02:15:00.125Z",
    ms: 250,
    lastAt: "2026-11-23T02:15:00.375Z",
    runs: [{ number: 1, at: "2026-11-23T02:15:00.000Z", library: "0.1.0", pid: 41, host: "atlas" }],
    modules: [{ url: "file:///srv/move.ts", sha256: "ab".repeat(32) }],
    steps: [
      FIRST_STEP,
      {
        id: "2",
        kind: "step",
        depth: 0,
        generation: 0,
        module: "file:///srv/move.ts",
        export: "move",
        args: [{ step: "1", path: ["id"] }],
        argsMeta: { values: { "0": [["custom", "ref"]] }, v: 1 },
        call: "move(state.user.id)",
        status: "failed",
        policy: "ask",
        isApproved: false,
        attempts: 1,
        startedAt: "2026-11-23T02:15:00.250Z",
        offsetMs: 125,
        ms: 1,
        isReferenced: false,
        failures: [{ attempt: 1, at: "2026-11-23T02:15:00.375Z", ms: 1, error }],
        decisions: [],
      },
    ],
    counts: { finished: 1, failed: 1 },
    waits: [],
    aborted: { step: "2", error },
    decisions: [],
    signals: [],
    tornBytes: 0,
    next: [
      { when: "When you have fixed the cause, run the rest", command: resume },
      { when: "Skip step 2", command: `${resume} --skip 2` },
    ],
  });
});

Deno.test("inspectJournal() calls a started step of a journal that nobody holds unknown", async () => {
  const records = [TWO_STEPS, [{ type: "started" as const, step: "1", attempt: 1, run: 1 }]];
  const dead = await inspectJournal(await storeOf(records), JOURNAL);
  assertEquals([dead.status, dead.steps[0]?.status, dead.isHeld], ["interrupted", "unknown", false]);
  assertEquals(dead.next.map(({ command }) => command.split("ana.json ")[1]), ["--retry 1", "--done 1 --result JSON"]);
  const running = await inspectJournal(await storeOf(records, { isHeld: true }), JOURNAL);
  assertEquals([running.status, running.steps[0]?.status, running.isHeld], ["started", "started", true]);
  assertEquals(running.next, []);
});

/** What was beside the thing that was left out. */
const PLAIN = [{ type: "signalled" as const, signal: "go" }];

Deno.test("inspectJournal() leaves out and names what a newer version wrote", async () => {
  const inspection = await inspectJournal(await newerStoreOf([TWO_STEPS, PLAIN], 'the event "mended"'), JOURNAL);
  assertEquals([inspection.unknown, inspection.status], ['the event "mended"', "pending"]);
  assertEquals(inspection.next, []);
});

Deno.test("inspectJournal() forgives a contradiction only behind what a newer version wrote", async () => {
  const finish = [{ type: "finished" as const, step: "2", attempt: 3, ms: 1 }];
  await assertRejects(
    async () => await inspectJournal(await storeOf([TWO_STEPS, finish]), JOURNAL),
    JournalDamaged,
    "at line 2: attempt 3 of step 2 ended without having been started",
  );
  const inspection = await inspectJournal(await newerStoreOf([TWO_STEPS, PLAIN, finish], "a new event"), JOURNAL);
  assertEquals(inspection.steps.map(({ status }) => status), ["pending", "pending"]);
});

Deno.test("inspectJournal() shows place-holders and default exports as they were planned", async () => {
  const meta = { values: { "0": [["custom", "env"]], "1": [["custom", "ref"]] }, v: 1 };
  const store = await storeOf([planEvents([
    stepNode("1", { export: "default" }),
    stepNode("2", { args: ["API_KEY", { step: "1", path: ["a b", "0", "c"] }], argsMeta: meta }),
  ])]);
  assertEquals((await inspectJournal(store, JOURNAL)).steps.map(({ call }) => call), [
    "state[1] = move()",
    'move(env.API_KEY, state[1]["a b"][0].c)',
  ]);
});

Deno.test("inspectJournal() never names a version in a command that is none", async () => {
  const store = await storeOf([planEvents([stepNode("1")], { library: "1; rm -rf /" })]);
  const [next] = (await inspectJournal(store, JOURNAL)).next;
  assertEquals(next?.command, "deno run -A jsr:@x/resumable-tx/cli resume /srv/ana.json");
});

Deno.test("inspectJournal() takes nothing that is recorded between runs for a part of a run", async () => {
  const start: Event = { type: "started", step: "1", attempt: 1, run: 1 };
  const finish: Event = { type: "finished", step: "1", attempt: 1, ms: 1 };
  const fail: Event = { type: "failed", step: "1", attempt: 1, ms: 1, error: { name: "Error", message: "no" } };
  const resumed: Event = { type: "resumed", run: 2, library: "0.1.0" };
  const between: readonly (readonly [what: string, run: readonly Event[], later: readonly Event[]])[] = [
    ["done after a failure", [fail, { type: "aborted", step: "1" }], [{
      type: "decided",
      decision: "done",
      step: "1",
    }]],
    ["edit", [fail, { type: "aborted", step: "1" }], [{ type: "decided", decision: "edit", step: "1", args: ["b"] }]],
    ["skip after a crash", [], [resumed, { type: "decided", decision: "skip", step: "1" }]],
    ["a rewind", [finish], [{ type: "decided", decision: "rewind", step: "1" }]],
    ["a signal", [finish], [{ type: "signalled", signal: "go" }]],
    ["cancel", [fail, { type: "aborted", step: "1" }], [{ type: "cancelled", why: "no use" }]],
  ];
  for (const [what, run, later] of between) {
    const records = [TWO_STEPS, [start, ...run]];
    // The clock goes on with each record.
    const { ms, lastAt } = await inspectJournal(await storeOf([...records, later]), JOURNAL);
    assertEquals(
      [ms, lastAt],
      [(await inspectJournal(await storeOf(records), JOURNAL)).ms, "2026-11-23T02:15:00.250Z"],
      what,
    );
  }
});
