import { assertEquals } from "@std/assert";
import type { Event } from "../../lib/journal/event.ts";
import { applyEvent } from "../../lib/state/apply_event.ts";
import { nextActions } from "../../lib/state/next_actions.ts";
import { rewoundEffects } from "../../lib/state/rollback.ts";
import { State } from "../../lib/state/state.ts";
import { AT, done, failed, folded, plan, stepNode } from "./folded.ts";

const CODE = { module: 0, export: "note" };
/** A journal whose process has died in the only step, which can be undone. */
const KILLED: readonly Event[] = [
  {
    type: "opened",
    format: 1,
    id: "t",
    library: "0.1.0",
    home: "file:///a.ts",
    modules: [{ url: "file:///a.ts" }],
    options: {},
  },
  { type: "planned", nodes: [{ id: "1", kind: "step", ...CODE, options: { undo: CODE } }] },
  { type: "ready", nodes: 1 },
  { type: "started", step: "1", attempt: 1, run: 1 },
  { type: "resumed", run: 2, library: "0.1.0" },
];

const ERROR = { name: "AlreadyExists", message: "There is such a file" };

Deno.test("beginRollback() asks about a step that has failed after an attempt that was interrupted", () => {
  const state = new State({ keepsValues: false });
  const events: readonly Event[] = [
    ...KILLED,
    { type: "started", step: "1", attempt: 2, run: 2 },
    { type: "failed", step: "1", attempt: 2, ms: 1, error: ERROR },
    { type: "aborted", step: "1" },
    { type: "decided", decision: "rollback" },
  ];
  for (const event of events) applyEvent(state, event, "2026-11-23T02:15:00.000Z");
  const { actions, questions, isEnd } = nextActions(state, { isDue: () => true });
  assertEquals([actions, isEnd], [[], false]);
  assertEquals(questions.map(({ step, reason }) => [step.node.id, reason]), [["1", "unknown"]]);
});

Deno.test("a rollback does not wait for the next attempt of a step that was interrupted once", () => {
  const [opened, , ...rest] = KILLED;
  const options = { undo: CODE, interrupted: "retry" } as const;
  const events: readonly (Event | undefined)[] = [
    ...[opened, { type: "planned", nodes: [{ id: "1", kind: "step", ...CODE, options }] } as const, ...rest],
    { type: "started", step: "1", attempt: 2, run: 2 },
    { type: "failed", step: "1", attempt: 2, ms: 1, error: ERROR },
    { type: "retrying", step: "1", attempt: 3, until: "2026-11-23T03:15:00.000Z" },
    { type: "decided", decision: "rollback" },
  ];
  const { questions, timers } = nextActions(folded(...events.filter((event) => event !== undefined)), {
    isDue: () => false,
  });
  assertEquals([questions.map(({ reason }) => reason), timers], [["unknown"], []]);
});

Deno.test("nextActions() asks about an undo that was interrupted", () => {
  const state = new State({ keepsValues: false });
  const events: readonly Event[] = [
    ...KILLED,
    { type: "decided", decision: "rollback" },
    { type: "decided", decision: "done", step: "1" },
    { type: "undoing", step: "1", attempt: 1, run: 2 },
    { type: "resumed", run: 3, library: "0.1.0" },
  ];
  for (const event of events) applyEvent(state, event, "2026-11-23T02:15:00.000Z");
  const { actions, questions } = nextActions(state, { isDue: () => true });
  assertEquals(actions, []);
  assertEquals(questions.map(({ step, reason }) => [step.node.id, reason]), [["1", "unknown"]]);
});

Deno.test("beginRollback() asks anew about a step of which was only said that it may run again", () => {
  const state = new State({ keepsValues: false });
  const events: readonly Event[] = [
    ...KILLED,
    { type: "decided", decision: "retry", step: "1", by: "probe" },
    { type: "decided", decision: "rollback" },
  ];
  for (const event of events) applyEvent(state, event, "2026-11-23T02:15:00.000Z");
  const { actions, questions } = nextActions(state, { isDue: () => true });
  assertEquals(actions, []);
  assertEquals(questions.map(({ step, reason }) => [step.node.id, reason]), [["1", "unknown"]]);
});

Deno.test("rewind() remembers what had happened, also in a plan that is gone", () => {
  const state = folded(
    ...plan([stepNode("1"), stepNode("2"), stepNode("3")]),
    ...done("1"),
    { type: "started", step: "2", attempt: 1, run: 1 },
    { type: "expanded", step: "2", nodes: [stepNode("2.1"), stepNode("2.2")] },
    { type: "finished", step: "2", attempt: 1, ms: 1, expands: 1 },
    ...done("2.1"),
    ...failed("2.2"),
    { type: "decided", decision: "rewind", step: "2" },
  );
  assertEquals(rewoundEffects(state, undefined), ["2", "2.1"]);
  assertEquals([rewoundEffects(state, "1"), rewoundEffects(state, "2")], [["2", "2.1"], []]);
});

Deno.test("nextActions() asks in a rollback about all steps of unknown outcome at once", () => {
  const undo = { options: { undo: { module: 0, export: "undo" } } };
  const start = (step: string): Event => ({ type: "started", step, attempt: 1, run: 1 });
  const state = folded(
    ...plan([{ id: "1", kind: "parallel" }, ...["1.1", "1.2", "1.3"].map((id) => stepNode(id, undo))]),
    ...done("1.1"),
    start("1.2"),
    start("1.3"),
    { type: "resumed", run: 2, library: "0.1.0" },
    { type: "decided", decision: "rollback" },
  );
  const { actions, questions } = nextActions(state, { isDue: () => true });
  assertEquals([actions, questions.map(({ step }) => step.node.id)], [[], ["1.3", "1.2"]]);
  applyEvent(state, { type: "decided", decision: "done", step: "1.2" }, AT);
  applyEvent(state, { type: "decided", decision: "skip", step: "1.3" }, AT);
  const { actions: undos } = nextActions(state, { isDue: () => true });
  assertEquals(undos.map(({ kind, step }) => `${kind} ${step.node.id}`), ["undo 1.2"]);
});
