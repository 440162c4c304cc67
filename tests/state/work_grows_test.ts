/**
 * The work to fold a journal grows with its length: of twice as many events of any kind, it is twice as much. Decisions that
 * concern large parts of the plan are limited, so that they cannot grow with the square.
 */
import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Event } from "../../lib/journal/event.ts";
import type { PlanNode } from "../../lib/plan/node.ts";
import { applyEvent } from "../../lib/state/apply_event.ts";
import { checkDecision, checkInsert, type StepDecision } from "../../lib/state/answers.ts";
import { nextActions } from "../../lib/state/next_actions.ts";
import { findStep, ImpossibleEvent, mayVisit, State } from "../../lib/state/state.ts";
import { foldLeniently } from "../../lib/storage/read_state.ts";
import { countWork } from "./count_work.ts";
import { AT, done, folded, plan, refs, stepNode } from "./folded.ts";

const SIZE = 300;
/** How many nodes and decisions the limit does not allow. */
const TOO_MANY = 2500;
const UNDO = { options: { undo: { module: 0, export: "u" } } };
const ERROR = { name: "Error", message: "no" };

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const each = <T>(count: number, make: (number: number) => readonly T[] | T): readonly T[] =>
  numbers(count).flatMap(make);
const steps = (count: number) => plan(each(count, (id) => stepNode(String(id))));
const resumed = (run: number): Event => ({ type: "resumed", run, library: "0.1.0" });
const say = (decision: "skip" | "retry" | "rewind" | "undecide", step: string): StepDecision => ({
  type: "decided",
  decision,
  step,
});
const give = (step: string): Event => ({ type: "decided", decision: "done", step, given: true, value: 1 });
const insert = (id: number, after?: string): Event => ({
  ...{ type: "decided", decision: "insert", nodes: [stepNode(String(id))] },
  ...(after === undefined ? {} : { after }),
});
const group = (kind: "parallel" | "sequence", count: number, child: (id: string) => PlanNode): readonly Event[] =>
  plan([{ id: "1", kind }, ...each(count, (number) => child(`1.${number}`))]);
const start = (step: string, attempt = 1, run = 1): Event => ({ type: "started", step, attempt, run });

/** A journal of a number of events of one kind, in a plan with as many nodes. */
const LINEAR: { readonly [kind: string]: (count: number) => readonly Event[] } = {
  "failures of one step": (count) => [
    ...steps(count),
    ...each(count, (attempt): readonly Event[] => [
      start("1", attempt),
      { type: "failed", step: "1", attempt, ms: 1, error: ERROR },
      { type: "retrying", step: "1", attempt: attempt + 1, until: AT },
    ]),
  ],
  "runs": (count) => [...steps(count), ...each(count, (number) => resumed(number + 1))],
  "interrupted attempts": (count) => [
    ...steps(count),
    ...each(count, (run) => [start("1", run, run), resumed(run + 1)]),
  ],
  "decisions about one step": (count) => [...steps(count), ...each(count, () => say("retry", "1"))],
  "decisions about one step that are undone": (count) => [
    ...steps(count),
    ...each(count, () => [say("skip", "1"), say("undecide", "1")]),
  ],
  "decisions that are undone later": (count) => [
    ...steps(count),
    ...each(count, () => say("retry", "1")),
    ...each(count, () => say("undecide", "1")),
  ],
  "a value given anew": (count) => [...steps(count), ...each(count, () => give("1"))],
  "insertions at the end": (count) => [
    ...steps(count),
    ...each(count, (number) => insert(count + number, String(count + number - 1))),
  ],
  "one insertion of many nodes": (count) => [
    ...steps(count),
    {
      ...{ type: "decided", decision: "insert", after: "1" },
      nodes: [{ id: String(count + 1), kind: "parallel" }, ...each(count, (id) => stepNode(`${count + 1}.${id}`))],
    },
  ],
  "sleeps": (count) => [
    ...group("parallel", count, (id) => ({ id, kind: "sleep", ms: 1 })),
    ...each(count, (id): Event => ({ type: "waiting", step: `1.${id}`, for: "time", until: AT })),
    ...each(count, (id): Event => ({ type: "finished", step: `1.${id}`, attempt: 1, ms: 0 })),
  ],
  "waits and their signals": (count) => [
    ...group("parallel", count, (id) => ({ id, kind: "wait", signal: "go" })),
    ...each(count, (id): Event => ({ type: "waiting", step: `1.${id}`, for: "signal", signal: "go" })),
    ...each(count, (): Event => ({ type: "signalled", signal: "go" })),
    ...each(count, (id): Event => ({ type: "finished", step: `1.${id}`, attempt: 1, ms: 0 })),
  ],
  "parts of a returned plan": (count) => [
    ...steps(count),
    start("1"),
    ...each(count, (id): Event => ({ type: "expanded", step: "1", nodes: [stepNode(`1.${id}`)] })),
    { type: "finished", step: "1", attempt: 1, ms: 1, expands: count },
  ],
  "decisions in a rollback about a step that returned a plan": (count) => [
    ...plan([stepNode("1", UNDO)]),
    start("1"),
    { type: "expanded", step: "1", nodes: each(count, (id) => stepNode(`1.${id}`)) },
    { type: "finished", step: "1", attempt: 1, ms: 1, expands: 1 },
    { type: "decided", decision: "rollback" },
    { type: "undoing", step: "1", attempt: 1, run: 1 },
    { type: "failed", step: "1", attempt: 1, ms: 1, error: ERROR, undo: true },
    ...each(count, () => say("retry", "1")),
  ],
  "rewinds of a step with decisions": (count) => [
    ...plan([stepNode("1"), stepNode("2")]),
    ...each(count, (): Event => ({ type: "decided", decision: "edit", step: "2", args: [] })),
    ...each(count, (attempt): readonly Event[] => [
      start("1", attempt),
      { type: "finished", step: "1", attempt, ms: 1 },
      say("skip", "2"),
      say("rewind", "1"),
    ]),
  ],
  "nested groups that are left out, the innermost first": (count) => {
    const ids = each(50, (depth) => "1.".repeat(depth).slice(0, -1));
    const inner = ids.at(-1);
    return [
      ...plan([
        ...ids.map((id): PlanNode => ({ id, kind: "sequence" })),
        ...each(count, (id) => stepNode(`${inner}.${id}`)),
      ]),
      ...ids.toReversed().map((id) => say("skip", id)),
    ];
  },
};

for (const [kind, make] of Object.entries(LINEAR)) {
  Deno.test(`applyEvent() does twice as much for twice as many events: ${kind}`, () => {
    const [once, twice] = [make(SIZE), make(2 * SIZE)].map((events) => countWork(() => void folded(...events)));
    assert(once !== undefined && twice !== undefined);
    assert(twice <= 2.2 * once + 200, `${once} visits, then ${twice}`);
  });
}

/** The same of decisions that have to look at large parts of the plan. */
const LIMITED: { readonly [kind: string]: (count: number) => readonly Event[] } = {
  "a group that is left out, and is not": (count) => [
    ...group("sequence", count, (id) => stepNode(id)),
    ...each(count, () => [say("skip", "1"), say("undecide", "1")]),
  ],
  "rewinds": (count) => [...steps(count), ...done("1"), ...each(count, () => say("rewind", "1"))],
  "insertions before all others": (count) => [...steps(count), ...each(count, (number) => insert(count + number))],
  "a value that others need, given anew": (count) => [
    ...plan([
      stepNode("1"),
      stepNode("2"),
      ...each(count, (id) => stepNode(String(id + 2), refs([id === 1 ? "1" : "2"]))),
    ]),
    give("2"),
    ...each(count - 1, (id) => done(String(id + 3))).filter(({ type }) => type === "started"),
    ...each(count, () => give("1")),
  ],
  "rollbacks": (count) => [
    ...plan(each(count, (id) => stepNode(String(id)))),
    ...each(count, (): readonly Event[] => [{ type: "decided", decision: "rollback" }, { type: "undone" }]),
  ],
};

for (const [kind, make] of Object.entries(LIMITED)) {
  Deno.test(`applyEvent() refuses more decisions about large parts of the plan than are useful: ${kind}`, () => {
    folded(...make(SIZE / 6));
    const state = new State({ keepsValues: false });
    const events = make(TOO_MANY);
    const visits = countWork(() => {
      assertThrows(
        () => {
          for (const event of events) applyEvent(state, event, AT);
        },
        ImpossibleEvent,
        "too many decisions",
      );
    });
    assert(visits < 8000 * (events.length + TOO_MANY), `${visits} visits`);
    // A reader continues after a contradiction: it may only seem to be one.
    const { apply, met } = foldLeniently(state);
    const rest = countWork(() => {
      for (const [seq, event] of events.entries()) apply({ seq, at: AT, events: [event] });
    });
    assert(met.contradictions.length > TOO_MANY / 2, `${met.contradictions.length} contradictions`);
    assert(rest < 200 * events.length, `${rest} visits after the first refusal`);
  });
}

Deno.test("checkDecision() refuses what concerns large parts of the plan before the fold does, and nothing else", () => {
  const state = folded(...plan([stepNode("1"), ...each(100, (id) => stepNode(String(id + 1)))]), ...done("1"));
  assertEquals(checkDecision(state, say("rewind", "1")), undefined);
  // As many rewinds as are allowed would take the test seconds.
  while (mayVisit(state, 20 * state.byId.size)) state.visits += state.byId.size;
  const refusal = { code: "too many decisions" } as const;
  assertEquals(checkDecision(state, say("rewind", "1")), refusal);
  assertEquals(checkInsert(state, "1"), refusal);
  assertEquals(checkDecision(state, say("retry", "2")), undefined);
  applyEvent(state, say("skip", "2"), AT);
  applyEvent(state, { type: "decided", decision: "rollback" }, AT);
});

for (const decision of ["retry", "done"] as const) {
  Deno.test(`applyEvent() refuses ${decision} of a group or a pause, as checkDecision() does`, () => {
    const nodes: readonly PlanNode[] = [
      { id: "1", kind: "parallel" },
      stepNode("1.1"),
      { id: "2", kind: "wait", signal: "go" },
      { id: "3", kind: "sleep", ms: 1 },
    ];
    for (const step of ["1", "2", "3"]) {
      const event: StepDecision = { type: "decided", decision, step };
      assertEquals(checkDecision(folded(...plan(nodes)), event)?.code, "no function");
      assertThrows(() => folded(...plan(nodes), event), ImpossibleEvent, "was decided about while it was");
    }
  });
}

Deno.test("applyEvent() refuses a decision in a rollback about a step that it does not undo", () => {
  const events = [...plan([stepNode("1", UNDO), stepNode("2")]), ...done("1"), {
    type: "decided",
    decision: "rollback",
  }] as const;
  assertEquals(checkDecision(folded(...events), say("skip", "2"))?.code, "not to be undone");
  assertThrows(() => folded(...events, say("skip", "2")), ImpossibleEvent);
});

Deno.test("applyEvent() looks for what is not done only as often as is useful when a journal says that all is", () => {
  const state = folded(...steps(100), ...each(99, (id) => done(String(id))));
  const early = (reason: string) =>
    assertThrows(() => applyEvent(state, { type: "ended" }, AT), ImpossibleEvent, reason);
  early("precedes the end of all steps");
  while (mayVisit(state, state.byId.size)) state.visits += state.byId.size;
  early("too many decisions");
});

Deno.test("nextActions() visits each of many waits once", () => {
  const visits = [SIZE, 2 * SIZE].map((count) => {
    const state = folded(
      ...group("parallel", count, (id) => ({ id, kind: "wait", signal: "go" })),
      ...each(count - 1, (): Event => ({ type: "signalled", signal: "go" })),
    );
    return countWork(() => {
      const next = nextActions(state, { isDue: () => true });
      assertEquals([next.actions.length, next.waits.length], [count - 1, 1]);
    });
  });
  assert((visits[1] ?? Infinity) <= 2.2 * (visits[0] ?? 0) + 200, visits.join(", then "));
});

Deno.test("nextActions() passes the settled steps of a group once, while a step before them runs for long", () => {
  const reads = [SIZE, 2 * SIZE].map((count) => {
    const state = folded(
      ...plan([{ id: "1", kind: "parallel", limit: 3 }, ...each(count, (id) => stepNode(`1.${id}`))]),
      start("1.1"),
    );
    const container = findStep(state, "1")?.children;
    assert(container !== undefined);
    let read = 0;
    const children = new Proxy(container.children, {
      get: (list, key) => {
        read += 1;
        return Reflect.get(list, key);
      },
    });
    Object.defineProperty(container, "children", { value: children });
    for (;;) {
      const { actions } = nextActions(state, { isDue: () => true });
      if (actions.length === 0) break;
      // The last one first, so that settled steps lie between others.
      for (const { step: { node } } of actions.toReversed()) {
        for (const event of done(node.id)) applyEvent(state, event, AT);
      }
    }
    assertEquals(state.finishes, count - 1);
    return read;
  });
  assert((reads[1] ?? Infinity) <= 2.2 * (reads[0] ?? 0), reads.join(", then "));
});

Deno.test("nextActions() visits a step again that was passed as settled, when that was undone", () => {
  const nodes: readonly PlanNode[] = [{ id: "1", kind: "parallel", limit: 2 }, ...each(6, (id) => stepNode(`1.${id}`))];
  const state = folded(...plan(nodes), start("1.1"), say("skip", "1.2"), say("skip", "1.3"), say("skip", "1.4"));
  const next = () => nextActions(state, { isDue: () => true }).actions.map(({ step }) => step.node.id);
  assertEquals(next(), ["1.5"]);
  applyEvent(state, say("undecide", "1.3"), AT);
  assertEquals(next(), ["1.3"]);
  for (const event of done("1.3")) applyEvent(state, event, AT);
  assertEquals(next(), ["1.5"]);
});
