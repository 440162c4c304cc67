import { assert, assertEquals } from "@std/assert";
import type { Event } from "../../lib/journal/event.ts";
import type { PlanNode } from "../../lib/plan/node.ts";
import { progressOf } from "../../lib/state/progress.ts";
import { folded, plan } from "./folded.ts";

const UNDO = { undo: { module: 0, export: "unmake" } };
const PLAN = plan(["1", "2", "3"].map((id): PlanNode => ({ id, kind: "step", module: 0, export: "f", options: UNDO })));

function start(step: string, attempt = 1, run = 1): Event {
  return { type: "started", step, attempt, run };
}

function finish(step: string, attempt = 1): Event {
  return { type: "finished", step, attempt, ms: 1 };
}

function decide(decision: "skip" | "undecide" | "remove" | "rewind", step: string): Event {
  return { type: "decided", decision, step };
}

const TWO = [...PLAN, start("1"), finish("1"), start("2"), finish("2")];
const GROUP = plan([
  { id: "1", kind: "parallel" },
  { id: "1.1", kind: "step", module: 0, export: "f" },
  { id: "1.2", kind: "step", module: 0, export: "f" },
  { id: "2", kind: "step", module: 0, export: "f" },
]);
const EXPANDED: Event = {
  type: "expanded",
  step: "1",
  nodes: [{ id: "1.1", kind: "sequence" }, { id: "1.1.1", kind: "step", module: 0, export: "g" }],
};
const FAILED: Event = { type: "failed", step: "1", attempt: 1, ms: 1, error: { name: "Error", message: "no" } };
const ROLLBACK: Event = { type: "decided", decision: "rollback", to: "1" };

const CASES: readonly (readonly [string, readonly Event[], string])[] = [
  ["a plan that has not begun", PLAN, "0/3"],
  ["a step that is running", [...TWO, start("3")], "2/3 running 3"],
  ["a rewind", [...TWO, decide("rewind", "1")], "0/3"],
  ["a step that is skipped", [...TWO, decide("skip", "3")], "3/3"],
  ["a step that is skipped and no longer", [...PLAN, decide("skip", "1"), decide("undecide", "1")], "0/3"],
  ["a step that is removed", [...PLAN, decide("remove", "3")], "1/3"],
  ["a group that is removed", [...GROUP, decide("remove", "1")], "2/3"],
  ["a group of which one step is done, and that is skipped", [
    ...GROUP,
    start("1.1"),
    finish("1.1"),
    decide("skip", "1"),
  ], "2/3"],
  ["a plan that a step returns before it ends", [...PLAN, start("1"), EXPANDED], "0/3 running 1"],
  ["a plan of a step that fails", [...PLAN, start("1"), EXPANDED, FAILED], "0/3"],
  ["a plan of a step that finishes", [...PLAN, start("1"), EXPANDED, { ...finish("1"), expands: 1 } as Event], "1/4"],
  ["a rollback that begins", [...TWO, ROLLBACK], "0/1"],
  ["a rollback that runs", [...TWO, ROLLBACK, { type: "undoing", step: "2", attempt: 1, run: 1 }], "0/1 running 2"],
  ["a rollback of which a step stays by decision", [...TWO, ROLLBACK, decide("skip", "2")], "1/1"],
];

for (const [what, events, expected] of CASES) {
  Deno.test(`progressOf() says how far a transaction is: ${what}`, () => {
    const { done, all, running } = progressOf(folded(...events));
    assertEquals(`${done}/${all}${running.length === 0 ? "" : ` running ${running}`}`, expected);
  });
}

Deno.test("progressOf() gives frozen, plain data", () => {
  const progress = progressOf(folded(...TWO, start("3")));
  assertEquals(progress, {
    status: "started",
    isRollback: false,
    done: 2,
    all: 3,
    running: ["3"],
    counts: { finished: 2, started: 1 },
  });
  assertEquals(JSON.parse(JSON.stringify(progress)), progress);
  assert([progress, progress.running, progress.counts].every(Object.isFrozen));
});
