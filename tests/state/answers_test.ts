import { assertEquals } from "@std/assert";
import type { Event } from "../../lib/journal/event.ts";
import type { PlanNode } from "../../lib/plan/node.ts";
import { checkAnswer, checkDecision, type Refusal, type StepDecision } from "../../lib/state/answers.ts";
import { findStep } from "../../lib/state/state.ts";
import { done, failed, folded, plan, type Refs, refs, stepNode } from "./folded.ts";

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

function needed(step: string, other: string, user: string, signal?: string): Refusal {
  return { code: "needed", step, other, user, signal };
}
function insertAfterWait(more: Refs = {}): Event {
  return { type: "decided", decision: "insert", after: "5", nodes: [stepNode("6", more)] };
}

const PAST: readonly Event[] = [...done("1", { id: 7 }), ...done("2"), ...done("3.1", "v")];
type RefusalCase = readonly [what: string, events: readonly Event[], decision: StepDecision, refusal: Refusal];
const REFUSALS: readonly RefusalCase[] = [
  ["a step that is not there", [], say("skip", "9"), { code: "no such step", step: "9" }],
  ["a skip of what a later step needs", [], say("skip", "1"), needed("1", "1", "step 2")],
  ["a done without the result that a later step needs", [], give("3.1"), needed("3.1", "3.1", "step 3.2")],
  [
    "a result without a part that a later step takes",
    [],
    give("1", { name: "ana" }),
    { code: "bad value", detail: 'step 2 needs its part "id", which is missing' },
  ],
  [
    "a result that is null where a part is taken",
    [],
    give("1", null),
    { code: "bad value", detail: 'step 2 needs its part "id", which is missing: null has no parts' },
  ],
  [
    "a result without a part of a part",
    [],
    give("3.1", [{}]),
    { code: "bad value", detail: 'step 4 needs its part "0.name", which is missing' },
  ],
  ["a removal of a group from which a value is needed", [], say("remove", "3"), needed("3", "3.1", "step 4")],
  ["a removal of a step that has failed", failed("1"), say("remove", "1"), {
    code: "begun",
    step: "1",
    other: "1",
    canSkip: false,
  }],
  [
    "a removal of a step that has failed, and whose value no step needs",
    failed("2"),
    say("remove", "2"),
    { code: "begun", step: "2", other: "2", canSkip: true },
  ],
  [
    "a removal of a group that was begun",
    [...PAST.slice(0, 4), ...failed("3.1")],
    say("remove", "3"),
    { code: "begun", step: "3", other: "3.1", canSkip: false },
  ],
  ["a skip of what has happened", PAST, say("skip", "2"), { code: "finished", step: "2" }],
  ["another value for a step that ran", PAST, give("3.1", "w"), { code: "finished", step: "3.1" }],
  [
    "another value when a step has run with it",
    [give("1", { id: 7 }), ...done("2")],
    give("1", { id: 8 }),
    { code: "value used", step: "1", other: "2" },
  ],
  ["a skip after a done", [give("2")], say("skip", "2"), { code: "said done", step: "2" }],
  ["a second skip", [say("skip", "2")], say("skip", "2"), { code: "skipped", step: "2" }],
  ["a retry of what was removed", [say("remove", "2")], say("retry", "2"), { code: "removed", step: "2" }],
  ["a done of a wait", [], give("5", 1), { code: "no function", kind: "wait", signal: "go", canSkip: true }],
  ["a retry of a group", [], say("retry", "3"), {
    code: "no function",
    kind: "sequence",
    signal: undefined,
    canSkip: false,
  }],
  [
    "a skip of a wait whose value is needed",
    [insertAfterWait(refs(["5"]))],
    say("skip", "5"),
    needed("5", "5", "step 6", "go"),
  ],
  ["an undecide without a decision", [], say("undecide", "1"), { code: "nothing decided", step: "1" }],
  [
    "an undecide of a wait whose signal was sent",
    [{ type: "signalled", signal: "go" }],
    say("undecide", "5"),
    { code: "signal sent", step: "5" },
  ],
  [
    "an undecide after a run",
    [say("skip", "2"), ...done("3.1")],
    say("undecide", "2"),
    { code: "run since", step: "2" },
  ],
  ["an undecide of a rewind", [...PAST, say("rewind", "2")], say("undecide", "2"), { code: "rewound", step: "2" }],
  ["an undecide of an insert", [insertAfterWait()], say("undecide", "6"), { code: "inserted", step: "6" }],
  [
    "an undecide before a later one",
    [say("skip", "3.2"), say("skip", "4"), say("skip", "3")],
    say("undecide", "3.2"),
    { code: "decided later", step: "3.2", other: "3" },
  ],
  ["a rewind when nothing has happened", [], say("rewind", "1"), { code: "nothing begun" }],
  [
    "a rewind of what was cancelled",
    [...PAST, { type: "cancelled" }],
    say("rewind", "1"),
    { code: "closed", status: "cancelled" },
  ],
  ["an answer to what was cancelled", [{ type: "cancelled" }], say("skip", "4"), {
    code: "closed",
    status: "cancelled",
  }],
];

for (const [what, events, decision, refusal] of REFUSALS) {
  Deno.test(`checkDecision() refuses ${what}`, () => {
    assertEquals(checkDecision(folded(...PLAN, ...events), decision), refusal);
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
  assertEquals(past, { code: "value used", step: "1.1", other: "2" });
});

Deno.test("checkDecision() refuses a result without a part that the transaction returns", () => {
  const reason = checkDecision(folded(...VALUE_PLAN), give("2", {}));
  const detail = 'the transaction\'s own value needs its part "length", which is missing';
  assertEquals(reason, { code: "bad value", detail });
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

Deno.test("a step that may have happened with other arguments is not done before that edit is reverted", () => {
  const undo = { options: { undo: { module: 0, export: "u" } } };
  const edit: Event = { type: "decided", decision: "edit", step: "1", args: ["new"] };
  const unknown: readonly Event[] = [
    { type: "started", step: "1", attempt: 1, run: 1 },
    { type: "resumed", run: 2, library: "0.1.0" },
  ];
  const refusalOf = (node: PlanNode, ...events: readonly Event[]) => {
    const state = folded(...plan([node]), ...events);
    const step = findStep(state, "1");
    return (["done", "give", "retry"] as const).map((answer) => step && checkAnswer(state, step, answer)?.code);
  };
  const plain = stepNode("1", undo);
  assertEquals(refusalOf(plain, ...unknown), [undefined, undefined, undefined]);
  assertEquals(refusalOf(plain, ...unknown, edit), ["edited", "edited", undefined]);
  const undecide: Event = { type: "decided", decision: "undecide", step: "1" };
  assertEquals(refusalOf(plain, ...unknown, edit, undecide), [undefined, undefined, undefined]);
  // Its undo would not get them, or it has run with them.
  assertEquals(refusalOf(stepNode("1"), ...unknown, edit), [undefined, undefined, undefined]);
  assertEquals(refusalOf(plain, edit, ...unknown), [undefined, undefined, undefined]);
  const again: readonly Event[] = [
    { type: "started", step: "1", attempt: 2, run: 2 },
    { type: "resumed", run: 3, library: "0.1.0" },
  ];
  assertEquals(refusalOf(plain, ...unknown, edit, ...again), [undefined, undefined, undefined]);
  assertEquals(refusalOf(plain, ...unknown, edit, { type: "decided", decision: "rollback" })[1], "edited");
  // A journal in which it was done stays readable.
  assertEquals(folded(...plan([plain]), ...unknown, edit, { type: "decided", decision: "done", step: "1" }).id, "t");
});
