import { assertEquals, assertThrows } from "@std/assert";
import type { Event } from "../../lib/journal/event.ts";
import { applyEvent } from "../../lib/state/apply_event.ts";
import { findStep, ImpossibleEvent, State } from "../../lib/state/state.ts";

const AT = "2026-11-23T02:15:00.123Z";
const URL_A = "file:///srv/a.ts";

const OPENED: Event = {
  type: "opened",
  format: 1,
  id: "t",
  library: "0.1.0",
  home: URL_A,
  modules: [{ url: URL_A }],
  options: {},
};
const PLANNED: Event = {
  type: "planned",
  nodes: [
    { id: "1", name: "first", kind: "step", module: 0, export: "f", args: ["x"] },
    {
      id: "2",
      kind: "step",
      module: 0,
      export: "g",
      args: [{ step: "1" }],
      argsMeta: { values: { "0": [["custom", "ref"]] }, v: 1 },
    },
  ],
};
const READY: Event = { type: "ready", nodes: 2 };
const STARTED: Event = { type: "started", step: "1", attempt: 1, run: 1 };
const FINISHED: Event = { type: "finished", step: "1", attempt: 1, ms: 1.5, value: "v" };
const FAILED: Event = { type: "failed", step: "1", attempt: 1, ms: 2, error: { name: "Error", message: "no" } };
const RESUMED: Event = { type: "resumed", run: 2, library: "0.1.0" };
const PLAN = [OPENED, PLANNED, READY];

function fold(events: readonly Event[], state: State = new State({ keepsValues: false })): State {
  for (const event of events) applyEvent(state, event, AT);
  return state;
}

Deno.test("applyEvent() follows a step from start to end", () => {
  const state = fold([...PLAN, STARTED]);
  assertEquals([state.status, findStep(state, "1")?.status], ["started", "started"]);
  fold([FINISHED], state);
  assertEquals(findStep(state, "1")?.value, { value: "v" });
  fold([{ ...STARTED, step: "2" }, { ...FINISHED, step: "2" }, { type: "ended" }], state);
  assertEquals([state.status, findStep(state, "2")?.status], ["finished", "finished"]);
});

Deno.test("applyEvent() keeps only values that are referred to, unless told otherwise", () => {
  const rest: Event[] = [STARTED, FINISHED, { ...STARTED, step: "2" }, { ...FINISHED, step: "2" }];
  const few = fold([...PLAN, ...rest]);
  assertEquals(few.root.children.map((step) => step.value), [{ value: "v" }, undefined]);
  const all = fold([...PLAN, ...rest], new State({ keepsValues: true }));
  assertEquals(all.root.children.map((step) => step.value), [{ value: "v" }, { value: "v" }]);
});

Deno.test("applyEvent() makes a started step unknown when another process resumes", () => {
  const state = fold([...PLAN, STARTED, RESUMED]);
  const step = findStep(state, "1");
  assertEquals([step?.status, step?.marks?.interruptions, state.runs.length], ["unknown", 1, 2]);
  fold([{ type: "started", step: "1", attempt: 2, run: 2 }, { ...FINISHED, attempt: 2 }], state);
  assertEquals([step?.status, step?.marks?.interruptions, step?.attempts], ["finished", undefined, 2]);
});

Deno.test("applyEvent() keeps every failed attempt", () => {
  const state = fold([...PLAN, STARTED, FAILED, { type: "aborted", step: "1" }]);
  assertEquals(state.status, "aborted");
  fold([RESUMED, { type: "started", step: "1", attempt: 2, run: 2 }, { ...FAILED, attempt: 2 }], state);
  assertEquals(findStep(state, "1")?.failures?.map((failure) => failure.attempt), [1, 2]);
  assertEquals(state.aborted, undefined);
});

Deno.test("applyEvent() notes decisions with who and why", () => {
  const state = fold([...PLAN, STARTED, RESUMED, { type: "waiting", step: "1", for: "decision" }]);
  assertEquals(state.status, "waiting");
  fold([{ type: "decided", decision: "done", step: "1", given: true, value: 3, by: "ana", why: "saw it" }], state);
  const step = findStep(state, "1");
  assertEquals(step?.decisions, [{ decision: "done", at: AT, by: "ana", why: "saw it" }]);
  assertEquals([step?.status, step?.value, state.status, [...state.waits.values()]], [
    "finished",
    { value: 3 },
    "started",
    [],
  ]);
});

Deno.test("applyEvent() moves home and the modules when they were found elsewhere", () => {
  const moved = "https://example.com/a.ts";
  const state = fold([...PLAN, { ...RESUMED, modules: [{ module: 0, url: moved }] }]);
  assertEquals([state.home, state.modules], [moved, [{ url: moved }]]);
});

const step = (id: string, more: object = {}): Event => ({
  type: "planned",
  nodes: [{ id, kind: "step", module: 0, export: "f", ...more }],
});
const IMPOSSIBLE: readonly (readonly [what: string, events: readonly Event[], message: string])[] = [
  ["an event before opened", [READY], '"ready" precedes "opened"'],
  ["a second opened", [OPENED, OPENED], '"opened" occurs twice'],
  [
    "a second answer to a request",
    [...PLAN, { type: "stopped", id: "a" }, { type: "refused", id: "a", request: "stop", reason: "no" }],
    "the request a is answered twice",
  ],
  ["two steps of one id", [OPENED, PLANNED, PLANNED], "there are two steps 1 in the plan"],
  [
    "two steps of one name",
    [OPENED, PLANNED, step("3", { name: "first" })],
    'there are two steps named "first" in the plan',
  ],
  [
    "a module that is not there",
    [OPENED, step("1", { module: 1 })],
    "step 1 names module 1, which is not in the table",
  ],
  [
    "a ref to a later step",
    [OPENED, step("1", { args: [{ step: "2" }], argsMeta: { values: { "0": [["custom", "ref"]] }, v: 1 } })],
    "a value refers to step 2, which is not planned before",
  ],
  ["more nodes than planned", [OPENED, PLANNED, { type: "ready", nodes: 3 }], '"ready" counts 3 nodes, 2 were planned'],
  ["a plan that goes on behind ready", [...PLAN, PLANNED], '"planned" follows "ready"'],
  ["a start before ready", [OPENED, PLANNED, STARTED], "step 1 was started before the plan was complete"],
  ["a start of a step that is not planned", [...PLAN, { ...STARTED, step: "7" }], "there is no step 7 in the plan"],
  ["a second start", [...PLAN, STARTED, STARTED], "step 1 was started while it was started"],
  ["a start of a finished step", [...PLAN, STARTED, FINISHED, STARTED], "step 1 was started while it was finished"],
  ["an attempt that is left out", [...PLAN, { ...STARTED, attempt: 2 }], "step 1 was started as attempt 2 of run 1"],
  ["a start in another run", [...PLAN, { ...STARTED, run: 2 }], "step 1 was started as attempt 1 of run 2"],
  [
    "a finish for a step that never started",
    [...PLAN, FINISHED],
    "attempt 1 of step 1 ended without having been started",
  ],
  [
    "a finish of another attempt",
    [...PLAN, STARTED, { ...FINISHED, attempt: 2 }],
    "attempt 2 of step 1 ended without having been started",
  ],
  ["a second finish", [...PLAN, STARTED, FINISHED, FINISHED], "attempt 1 of step 1 ended without having been started"],
  [
    "a failure behind a finish",
    [...PLAN, STARTED, FINISHED, FAILED],
    "attempt 1 of step 1 ended without having been started",
  ],
  ["an end before the end", [...PLAN, { type: "ended" }], '"ended" precedes the end of all steps'],
  ["a run that is left out", [...PLAN, { ...RESUMED, run: 3 }], "run 3 follows 1 runs"],
  ["a resume before ready", [OPENED, PLANNED, RESUMED], "a run was resumed before the plan was complete"],
  [
    "a skip of a finished step",
    [...PLAN, STARTED, FINISHED, { type: "decided", decision: "skip", step: "1" }],
    "step 1 was decided about while it was finished",
  ],
];

for (const [what, events, message] of IMPOSSIBLE) {
  Deno.test(`applyEvent() refuses ${what}`, () => {
    assertThrows(() => fold(events), ImpossibleEvent, message);
  });
}

Deno.test("applyEvent() keeps the end of a pause between two attempts across a resume", () => {
  const until = "2026-11-23T03:15:00.123Z";
  const state = fold([...PLAN, STARTED, FAILED, { type: "retrying", step: "1", attempt: 2, until }, RESUMED]);
  const step = findStep(state, "1");
  assertEquals([step?.status, step?.marks?.dueAt], ["waiting", until]);
});
