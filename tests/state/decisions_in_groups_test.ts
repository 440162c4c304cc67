import { assertEquals, assertThrows } from "@std/assert";
import type { Event } from "../../lib/journal/event.ts";
import { checkDecision, type Refusal, type StepDecision } from "../../lib/state/answers.ts";
import { applyEvent } from "../../lib/state/apply_event.ts";
import { nextActions } from "../../lib/state/next_actions.ts";
import { ImpossibleEvent, type State } from "../../lib/state/state.ts";
import { AT, done, failed, folded, plan, refs, statuses, stepNode } from "./folded.ts";

const GROUP = plan([{ id: "1", kind: "sequence" }, stepNode("1.1"), stepNode("1.2"), stepNode("2")]);
const UNDO = { options: { undo: { module: 0, export: "u" } } };

const say = (decision: "skip" | "done" | "retry" | "remove" | "rewind" | "undecide", step: string): StepDecision => ({
  type: "decided",
  decision,
  step,
});

function next(state: State): readonly string[] {
  return nextActions(state, { isDue: () => true }).actions.map(({ kind, step }) => `${kind} ${step.node.id}`);
}

/** A refused decision is refused when it is made, and when it is read. */
function assertRefused(events: readonly Event[], decision: StepDecision, refusal: Refusal): void {
  assertEquals(checkDecision(folded(...events), decision), refusal);
  assertThrows(() => folded(...events, decision), ImpossibleEvent);
}

Deno.test("rewind() has a group that was left out take part again", () => {
  const state = folded(...GROUP, ...done("1.1"), ...failed("1.2"), say("skip", "1"), say("rewind", "1.2"));
  assertEquals(statuses(state), ["1 pending", "1.1 finished", "1.2 pending", "2 pending"]);
  assertEquals(next(state), ["run 1.2"]);
});

Deno.test("rewind() leaves no decision to undo about a group around it, with a plan that is gone", () => {
  const events: readonly Event[] = [
    ...GROUP,
    { type: "started", step: "1.1", attempt: 1, run: 1 },
    { type: "expanded", step: "1.1", nodes: [stepNode("1.1.1")] },
    { type: "finished", step: "1.1", attempt: 1, ms: 1, expands: 1 },
    ...failed("1.1.1"),
    say("skip", "1"),
    say("rewind", "1.1"),
  ];
  assertEquals(next(folded(...events)), ["run 1.1"]);
  assertRefused(
    events,
    say("undecide", "1"),
    { code: "run since", step: "1" },
  );
});

Deno.test("undecide() goes by the order of decisions about a group and about a step in it", () => {
  const events = [...GROUP, ...failed("1.1"), say("skip", "1.2"), say("skip", "1")];
  assertRefused(events, say("undecide", "1.2"), { code: "decided later", step: "1.2", other: "1" });
  const state = folded(...events, say("undecide", "1"), say("undecide", "1.2"));
  assertEquals(statuses(state), ["1 pending", "1.1 failed", "1.2 pending", "2 pending"]);
  // Otherwise a step that was done by hand would run.
  assertRefused([...GROUP, ...failed("1.1"), say("skip", "1"), say("done", "1.2")], say("undecide", "1"), {
    code: "decided later",
    step: "1",
    other: "1.2",
  });
});

Deno.test("insertNodes() refuses a place in a group that is left out", () => {
  const state = folded(...GROUP, ...failed("1.1"), say("skip", "1"));
  const insert: Event = { type: "decided", decision: "insert", after: "1.1", nodes: [stepNode("1.3")] };
  assertThrows(
    () => applyEvent(state, insert, AT),
    ImpossibleEvent,
    "a step was inserted after step 1.1, which is not possible: inside skipped",
  );
});

Deno.test("checkDecision() allows to remove a group of which a part was removed before", () => {
  const events = [...GROUP, say("remove", "1.2")];
  assertEquals(checkDecision(folded(...events), say("remove", "1")), undefined);
  assertEquals(next(folded(...events, say("remove", "1"))), ["run 2"]);
});

Deno.test("beginRollback() leaves no decision to undo that determined what is undone", () => {
  const nodes = plan([stepNode("1", UNDO), stepNode("2", UNDO)]);
  const rollback: Event = { type: "decided", decision: "rollback" };
  const gone: Refusal = { code: "run since", step: "2" };
  // Its outcome would be unknown again, and nothing would ask about it.
  const interrupted: readonly Event[] = [
    ...done("1"),
    { type: "started", step: "2", attempt: 1, run: 1 },
    { type: "resumed", run: 2, library: "0.1.0" },
  ];
  assertRefused([...nodes, ...interrupted, say("skip", "2"), rollback], say("undecide", "2"), gone);
  // Pending again, it could not be undone.
  assertRefused([...nodes, ...done("1"), say("done", "2"), rollback], say("undecide", "2"), gone);
});

Deno.test("undecide() opens what is in a group again, also for who has looked in between", () => {
  const nodes = [{ id: "1", kind: "sequence" as const }, stepNode("1.1"), stepNode("2", refs(["1.1"]))];
  const state = folded(
    ...plan(nodes),
    { type: "started", step: "1.1", attempt: 1, run: 1 },
    { type: "expanded", step: "1.1", nodes: [stepNode("1.1.1")] },
    { type: "finished", step: "1.1", attempt: 1, ms: 1, expands: 1 },
  );
  applyEvent(state, say("skip", "1"), AT);
  assertEquals(next(state), ["run 2"]);
  applyEvent(state, say("undecide", "1"), AT);
  assertEquals(next(state), ["run 1.1.1"]);
});

Deno.test("checkDecision() has a group not left out while a plan that a step in it returned is needed", () => {
  const returned = (value: ReturnType<typeof refs>): readonly Event[] => [
    ...plan([{ id: "1", kind: "sequence" }, stepNode("1.1"), stepNode("2")], value),
    { type: "started", step: "1.1", attempt: 1, run: 1 },
    { type: "expanded", step: "1.1", nodes: [stepNode("1.1.1")] },
    {
      type: "finished",
      step: "1.1",
      attempt: 1,
      ms: 1,
      expands: 1,
      value: [{ step: "1.1.1" }],
      valueMeta: { values: { 0: [["custom", "ref"]] }, v: 1 },
    },
    ...failed("1.1.1"),
  ];
  assertEquals(
    checkDecision(folded(...returned(refs(["1.1"]))), say("skip", "1")),
    { code: "needed", step: "1", other: "1.1.1", user: "the value of step 1.1", signal: undefined },
  );
  assertEquals(checkDecision(folded(...returned(refs(["2"]))), say("skip", "1")), undefined);
});

Deno.test("rewind() marks the decisions that it ends, also about a group around it, and no others", () => {
  const state = folded(
    ...GROUP,
    ...failed("1.1"),
    say("done", "1.1"),
    say("undecide", "1.1"),
    say("skip", "1.1"),
    say("skip", "2"),
    say("skip", "1"),
    say("rewind", "1.2"),
  );
  const decisions = Object.fromEntries(
    [...state.byId.values()].map(({ node, decisions = [] }) => [
      node.id,
      decisions.map(({ decision, rewound }) => rewound === true ? `${decision}, rewound` : decision),
    ]),
  );
  assertEquals(decisions, {
    "1": ["skip, rewound"],
    // It comes before, and stays skipped.
    "1.1": ["done", "undecide", "skip"],
    "1.2": ["rewind"],
    "2": ["skip, rewound"],
  });
  const again = folded(...GROUP, ...failed("1.1"), say("skip", "1.1"), say("undecide", "1.1"), say("rewind", "1"));
  assertEquals(again.byId.get("1.1")?.decisions?.map(({ rewound }) => rewound), [undefined, undefined]);
});
