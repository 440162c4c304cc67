import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Event } from "../../lib/journal/event.ts";
import type { PlanNode } from "../../lib/plan/node.ts";
import { checkDecision, type StepDecision } from "../../lib/state/check_decision.ts";
import { done, failed, folded, plan, refs, stepNode } from "./folded.ts";

const NODES: readonly PlanNode[] = [
  stepNode("1", { name: "user" }),
  stepNode("2", refs(["1", "id"])),
  { id: "3", kind: "sequence" },
  stepNode("3.1"),
  stepNode("3.2", refs(["3.1"])),
  stepNode("4", refs(["3.1", "0", "name"])),
  { id: "5", kind: "wait", signal: "go" },
];
const PLAN = plan(NODES);
const VALUE_PLAN = plan(NODES.slice(0, 2), refs(["2", "length"]));

const say = (decision: "skip" | "retry" | "remove" | "rewind" | "undecide", step: string): StepDecision => ({
  type: "decided",
  decision,
  step,
});
const give = (step: string, value?: null | number | string | object): StepDecision => ({
  type: "decided",
  decision: "done",
  step,
  ...(value === undefined ? {} : { given: true, value: JSON.parse(JSON.stringify(value)) }),
});

const PAST: readonly Event[] = [...done("1", { id: 7 }), ...done("2"), ...done("3.1", "v")];
const REFUSALS: readonly (readonly [what: string, events: readonly Event[], decision: StepDecision, reason: string])[] =
  [
    ["a step that is not there", [], say("skip", "9"), "the plan has no such step: it has steps 1 to 5"],
    [
      "a skip of what a later step needs",
      [],
      say("skip", "1"),
      "step 2 needs its value: say that step 1 is done, with its result",
    ],
    ["a done without the result that a later step needs", [], give("3.1"), "step 3.2 needs its value"],
    ["a result without a part that a later step takes", [], give("1", { name: "ana" }), 'step 2 needs its part "id"'],
    ["a result that is null where a part is taken", [], give("1", null), 'its part "id", and there it is null'],
    ["a result without a part of a part", [], give("3.1", [{}]), 'of the result, step 4 needs its part "0.name"'],
    ["a removal of a group from which a value is needed", [], say("remove", "3"), "step 4 needs the value of step 3.1"],
    [
      "a removal of a step that has failed",
      failed("1"),
      say("remove", "1"),
      "it has been begun, and stays in the plan",
    ],
    [
      "a removal of a group that was begun",
      [...PAST.slice(0, 4), ...failed("3.1")],
      say("remove", "3"),
      "step 3.1 in it has been begun",
    ],
    ["a skip of what has happened", PAST, say("skip", "2"), "it is finished, and nothing that has happened can be"],
    ["another value for a step that ran", PAST, give("3.1", "w"), "it is finished, and nothing that has happened"],
    [
      "another value when a step has run with it",
      [give("1", { id: 7 }), ...done("2")],
      give("1", { id: 8 }),
      "step 2 has run with its value, or may have",
    ],
    ["a skip after a done", [give("2")], say("skip", "2"), "it was said to be done: undecide 2 takes that back"],
    ["a second skip", [say("skip", "2")], say("skip", "2"), "undecide 2 takes that back"],
    [
      "a done of a wait",
      [],
      give("5", 1),
      'it is a wait: send the value with the command signal, as "go", or leave it out (skip)',
    ],
    [
      "a skip of a wait whose value is needed",
      [{ type: "decided", decision: "insert", after: "5", nodes: [stepNode("6", refs(["5"]))] }],
      say("skip", "5"),
      'step 6 needs its value: send the value with the command signal, as "go"',
    ],
    ["an undecide without a decision", [], say("undecide", "1"), "nothing was decided about it"],
    [
      "an undecide after a run",
      [say("skip", "2"), ...done("3.1")],
      say("undecide", "2"),
      "something has run since it was decided about",
    ],
    ["an undecide of a rewind", [...PAST, say("rewind", "2")], say("undecide", "2"), "cannot be taken back"],
    [
      "an undecide of an insert",
      [{ type: "decided", decision: "insert", after: "5", nodes: [stepNode("6")] }],
      say("undecide", "6"),
      "it was inserted: remove 6 takes it out of the plan",
    ],
    ["a rewind when nothing has happened", [], say("rewind", "1"), "neither it nor a step after it has begun"],
    [
      "a rewind of what was cancelled",
      [...PAST, { type: "cancelled" }],
      say("rewind", "1"),
      "the transaction is cancelled",
    ],
  ];

for (const [what, events, decision, reason] of REFUSALS) {
  Deno.test(`checkDecision() refuses ${what}`, () => {
    assertStringIncludes(checkDecision(folded(...PLAN, ...events), decision) ?? "it does not", reason);
  });
}

Deno.test("checkDecision() knows who has run with a value that is a part of a plan's value", () => {
  const planning: readonly Event[] = [
    { type: "started", step: "1", attempt: 1, run: 1 },
    { type: "expanded", step: "1", nodes: [stepNode("1.1")] },
    {
      ...{ type: "finished", step: "1", attempt: 1, ms: 1, expands: 1 },
      ...{ value: { step: "1.1" }, valueMeta: { values: [["custom", "ref"]], v: 1 } },
    },
  ];
  const given = [...plan([stepNode("1"), stepNode("2", refs(["1"]))]), ...planning, give("1.1", 1)];
  assertEquals(checkDecision(folded(...given), give("1.1", 2)), undefined);
  const past = checkDecision(folded(...given, ...done("2")), give("1.1", 2));
  assertEquals(past, "step 2 has run with its value, or may have");
});

Deno.test("checkDecision() refuses a result without a part that the transaction returns", () => {
  const reason = checkDecision(folded(...VALUE_PLAN), give("2", {}));
  assertEquals(reason, 'of the result, the transaction\'s own value needs its part "length", which is not in it');
});

const ALLOWED: readonly (readonly [what: string, events: readonly Event[], decision: StepDecision])[] = [
  ["a result with all parts that are taken", [], give("3.1", [{ name: "ana" }])],
  ["a text of which the length is taken", [], give("2", "four")],
  ["a skip of a group whose steps use only each other", [...PAST, ...done("3.2"), say("skip", "4")], say("skip", "3")],
  ["a result when those that need it are left out", [say("skip", "2")], give("1", 3)],
  ["a removal of a step that nobody needs", [], say("remove", "3.2")],
  [
    "another value while the step that uses it has failed",
    [give("1", { id: 7 }), ...failed("2")],
    give("1", { id: 8 }),
  ],
  ["an undecide at once", [say("skip", "3.2")], say("undecide", "3.2")],
  ["a rewind of a failed step", failed("1"), say("rewind", "1")],
];

for (const [what, events, decision] of ALLOWED) {
  Deno.test(`checkDecision() allows ${what}`, () => {
    assertEquals(checkDecision(folded(...PLAN, ...events), decision), undefined);
  });
}
