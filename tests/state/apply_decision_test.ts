import { assertEquals, assertThrows } from "@std/assert";
import type { Event } from "../../lib/journal/event.ts";
import type { PlanNode } from "../../lib/plan/node.ts";
import { applyEvent } from "../../lib/state/apply_event.ts";
import { nextActions } from "../../lib/state/next_actions.ts";
import { findStep, ImpossibleEvent, type State } from "../../lib/state/state.ts";
import { AT, done, failed, folded, plan, refs, statuses, stepNode } from "./folded.ts";

const THREE = plan([stepNode("1"), stepNode("2", { args: ["a"] }), stepNode("3")]);

function decide(state: State, ...events: readonly Event[]): State {
  for (const event of events) applyEvent(state, event, AT);
  return state;
}

function next(state: State): readonly string[] {
  return nextActions(state, { isDue: () => true }).actions.map(({ kind, step }) => `${kind} ${step.node.id}`);
}

Deno.test("applyDecision() gives a step other arguments", () => {
  const state = folded(...THREE, ...done("1"), ...failed("2"));
  decide(state, { type: "decided", decision: "edit", step: "2", args: ["b"], by: "ana" });
  const step = findStep(state, "2");
  assertEquals([step?.node.kind === "step" && step.node.args, step?.status, next(state)], [["b"], "failed", ["run 2"]]);
});

Deno.test("applyDecision() inserts steps where they are said to stand", () => {
  const state = folded(...THREE, ...done("1"), ...failed("2"));
  decide(state, { type: "decided", decision: "insert", after: "1", nodes: [stepNode("4"), stepNode("5")], why: "x" });
  assertEquals(statuses(state), ["1 finished", "4 pending", "5 pending", "2 failed", "3 pending"]);
  assertEquals(next(state), ["run 4"]);
  assertEquals(findStep(state, "5")?.decisions, [{ decision: "insert", at: AT, why: "x" }]);
  const first = decide(folded(...THREE), { type: "decided", decision: "insert", nodes: [stepNode("4")] });
  assertEquals(next(first), ["run 4"]);
});

Deno.test("applyDecision() takes a step out of the plan", () => {
  const state = folded(...THREE, ...done("1"), { type: "decided", decision: "remove", step: "2" });
  assertEquals([statuses(state), next(state)], [["1 finished", "2 skipped", "3 pending"], ["run 3"]]);
});

Deno.test("applyDecision() has a transaction run again from a step on", () => {
  const state = folded(...THREE, ...done("1"), ...done("2"), ...failed("3"));
  decide(state, { type: "decided", decision: "rewind", step: "2" });
  assertEquals([statuses(state), next(state)], [["1 finished", "2 pending", "3 pending"], ["run 2"]]);
  assertEquals([findStep(state, "1")?.generation, findStep(state, "2")?.generation], [undefined, 1]);
});

Deno.test("applyDecision() takes decisions back, the last first", () => {
  const state = folded(...THREE, ...done("1"), ...failed("2"));
  const undecide: Event = { type: "decided", decision: "undecide", step: "2" };
  decide(state, { type: "decided", decision: "edit", step: "2", args: ["b"] });
  decide(state, { type: "decided", decision: "skip", step: "2" });
  assertEquals(next(state), ["run 3"]);
  decide(state, undecide);
  const step = findStep(state, "2");
  assertEquals([next(state), step?.status], [["run 2"], "failed"]);
  assertEquals(step?.node.kind === "step" && step.node.args, ["b"]);
  decide(state, undecide);
  assertEquals(step?.node.kind === "step" && step.node.args, ["a"]);
  assertThrows(() => decide(state, undecide), ImpossibleEvent, "step 2 to undo");
});

Deno.test("applyDecision() takes back what was decided about a group with all that is in it", () => {
  const nodes: PlanNode[] = [{ id: "1", kind: "sequence" }, stepNode("1.1"), stepNode("1.2"), stepNode("2")];
  const state = folded(...plan(nodes), ...done("1.1"));
  decide(state, { type: "decided", decision: "skip", step: "1" });
  assertEquals(statuses(state), ["1 skipped", "1.1 finished", "1.2 skipped", "2 pending"]);
  decide(state, { type: "decided", decision: "undecide", step: "1" });
  assertEquals([statuses(state), next(state)], [["1 pending", "1.1 finished", "1.2 pending", "2 pending"], [
    "run 1.2",
  ]]);
});

Deno.test("applyDecision() replaces a value that was given, as long as no step has run with it", () => {
  const nodes = [stepNode("1"), stepNode("2", refs(["1"])), stepNode("3", refs(["1"]))];
  const given = (value: string): Event => ({ type: "decided", decision: "done", step: "1", given: true, value });
  const state = folded(...plan(nodes), given("wrong"), ...failed("2"), given("right"));
  assertEquals(findStep(state, "1")?.value, { value: "right" });
  decide(state, { type: "resumed", run: 2, library: "0.1.0" });
  decide(state, { type: "started", step: "2", attempt: 2, run: 2 }, { type: "finished", step: "2", attempt: 2, ms: 1 });
  assertThrows(() => decide(state, given("late")), ImpossibleEvent, "step 1 was decided about while it was finished");
});

Deno.test("applyDecision() does not replace the value of a step that ran, not even after an earlier decision", () => {
  const given: Event = { type: "decided", decision: "done", step: "2", given: true, value: 1 };
  const state = folded(...THREE, ...done("1"), given, { type: "decided", decision: "rewind", step: "1" });
  decide(state, { type: "started", step: "1", attempt: 2, run: 1 }, { type: "finished", step: "1", attempt: 2, ms: 1 });
  decide(state, ...done("2", "ran"));
  assertThrows(() => decide(state, given), ImpossibleEvent, "step 2 was decided about while it was finished");
});

const edit = (step: string, ...targets: readonly [string, ...string[]][]): Event => ({
  type: "decided",
  decision: "edit",
  step,
  ...refs(...targets),
});
const SUB_PLAN: readonly Event[] = [
  { type: "started", step: "1", attempt: 1, run: 1 },
  { type: "expanded", step: "1", nodes: [stepNode("1.1"), stepNode("1.2")] },
  { type: "finished", step: "1", attempt: 1, ms: 1, expands: 1 },
];
const IMPOSSIBLE: readonly (readonly [what: string, events: readonly Event[], message: string])[] = [
  ["a ref to a later step", [edit("2", ["3"])], "it would refer to step 3, which does not come before it"],
  ["a ref to itself", [edit("2", ["2"])], "it would refer to step 2, which it is a part of"],
  ["a ref to no step", [edit("2", ["9"])], "it would refer to step 9, and the plan has no such step"],
  [
    "a ref to a finished step whose value nobody referred to",
    [...done("1", "v"), edit("2", ["1"])],
    "it would refer to step 1, which is finished and whose value was not kept",
  ],
  ["a ref of a part of a plan to the whole", [...SUB_PLAN, edit("1.1", ["1"])], "which it is a part of"],
  ["a ref from outside into a plan", [...SUB_PLAN, edit("2", ["1.1"])], "refer to step 1"],
  [
    "an inserted step that refers to a value that was not kept",
    [...done("1"), { type: "decided", decision: "insert", after: "1", nodes: [stepNode("4", refs(["1"]))] }],
    "step 4 cannot have these arguments: it would refer to step 1, which is finished",
  ],
  [
    "an inserted step that refers to what comes behind it",
    [{ type: "decided", decision: "insert", nodes: [stepNode("4", refs(["1"]))] }],
    "it would refer to step 1, which does not come before it",
  ],
  [
    "an inserted step before one that has happened",
    [...done("1"), { type: "decided", decision: "insert", nodes: [stepNode("4")] }],
    "a step was inserted before all others, which is not possible: happened after",
  ],
  [
    "an inserted step before a running one",
    [...done("1"), ...done("2").slice(0, 1), {
      type: "decided",
      decision: "insert",
      after: "1",
      nodes: [stepNode("4")],
    }],
    "a step was inserted after step 1, which is not possible: happened after",
  ],
  [
    "an insertion behind no step",
    [{ type: "decided", decision: "insert", after: "7", nodes: [stepNode("8")] }],
    "a step was inserted after step 7, which is not possible: no such step",
  ],
  [
    "a removal of a step that was begun",
    [...failed("1"), { type: "decided", decision: "remove", step: "1" }],
    "step 1 was removed from the plan, but it, or a part of it, had begun",
  ],
  [
    "an undecide when another step has run since",
    [{ type: "decided", decision: "skip", step: "1" }, ...done("2"), {
      type: "decided",
      decision: "undecide",
      step: "1",
    }],
    "there is no decision about step 1 to undo",
  ],
  [
    "a rewind when the transaction was cancelled",
    [...done("1"), { type: "cancelled" }, { type: "decided", decision: "rewind", step: "1" }],
    "a transaction that was cancelled or rolled back cannot be rewound",
  ],
];

for (const [what, events, message] of IMPOSSIBLE) {
  Deno.test(`applyDecision() refuses ${what}`, () => {
    assertThrows(() => folded(...THREE, ...events), ImpossibleEvent, message);
  });
}

Deno.test("applyDecision() lets a step refer to what a run still has: values referred to before, or needed for an undo", () => {
  const undo = { undo: { module: 0, export: "u" } };
  const nodes = [
    stepNode("1"),
    stepNode("2", { options: undo }),
    stepNode("3", refs(["1"])),
    stepNode("4"),
    stepNode("5"),
  ];
  const state = folded(...plan(nodes), ...done("1", "v"), ...done("2", "w"), edit("4", ["1"], ["2"], ["3"]));
  decide(state, { type: "decided", decision: "edit", step: "5", ...refs(["4"]) });
  assertEquals(["1", "2"].map((id) => findStep(state, id)?.value), [{ value: "v" }, { value: "w" }]);
});
