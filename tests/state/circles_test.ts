import { assertEquals, assertThrows } from "@std/assert";
import type { Event } from "../../lib/journal/event.ts";
import type { PlanNode } from "../../lib/plan/node.ts";
import { nextActions } from "../../lib/state/next_actions.ts";
import { ImpossibleEvent } from "../../lib/state/state.ts";
import { done, folded, plan, refs, stepNode } from "./folded.ts";

const PLANNER = plan([stepNode("1"), stepNode("2")]);

/** A step that returns a plan, and a value with refs in it. */
function planning(step: string, nodes: readonly PlanNode[], ...targets: readonly string[]): readonly Event[] {
  const { args, argsMeta } = refs(...targets.map((id) => [id] as const));
  return [
    { type: "started", step, attempt: 1, run: 1 },
    { type: "expanded", step, nodes },
    {
      type: "finished",
      step,
      attempt: 1,
      ms: 1,
      expands: 1,
      value: args,
      ...(argsMeta ? { valueMeta: argsMeta } : {}),
    },
  ];
}

const CIRCLES: readonly (readonly [what: string, events: () => readonly Event[], message: string])[] = [
  [
    "a step that waits for the group that it is in",
    () => plan([{ id: "1", kind: "sequence" }, stepNode("1.1", refs(["1"]))]),
    "step 1.1 refers to step 1, which does not come before it",
  ],
  [
    "a step that waits for one which was planned before, and stands behind it",
    () => plan([{ id: "1", kind: "sequence" }, stepNode("2"), stepNode("1.1", refs(["2"]))]),
    "step 1.1 refers to step 2, which does not come before it",
  ],
  [
    "a step of a returned plan that waits for one behind that plan",
    () => [...PLANNER, ...planning("1", [stepNode("1.1", refs(["2"]))])],
    "the plan of step 1 refers to step 2, which is not a part of it",
  ],
  [
    "a step of a returned plan that waits for the end of that plan",
    () => [...PLANNER, ...planning("1", [stepNode("1.1", refs(["1"]))])],
    "the plan of step 1 refers to step 1, which is not a part of it",
  ],
  [
    "a plan whose value is its own value",
    () => [...PLANNER, ...planning("1", [stepNode("1.1")], "1")],
    "the plan of step 1 refers to step 1, which is not a part of it",
  ],
];

for (const [what, events, message] of CIRCLES) {
  Deno.test(`applyEvent() refuses ${what}`, () => {
    assertThrows(() => folded(...events()), ImpossibleEvent, message);
  });
}

Deno.test("nextActions() looks once at a value that plans within plans name many times over", () => {
  const events: Event[] = [...plan([stepNode("1"), stepNode("2", refs(["1"]))])];
  let id = "1";
  // Each names the next one twice: two to the power of 60 in all.
  for (let depth = 1; depth <= 60; depth += 1) {
    const inner = `${id}.1`;
    events.push(...planning(id, [stepNode(inner)], inner, inner));
    id = inner;
  }
  const state = folded(...events, ...done(id, 1));
  const { actions } = nextActions(state, { isDue: () => true });
  assertEquals(actions.map(({ kind, step }) => `${kind} ${step.node.id}`), ["run 2"]);
});
