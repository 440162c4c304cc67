import { assertEquals } from "@std/assert";
import type { Event } from "../../lib/journal/event.ts";
import { applyEvent } from "../../lib/state/apply_event.ts";
import { nextActions } from "../../lib/state/next_actions.ts";
import { emptyState } from "../../lib/state/state.ts";

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
  const state = emptyState({ keepsValues: false });
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

Deno.test("nextActions() asks about an undo that was interrupted", () => {
  const state = emptyState({ keepsValues: false });
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
  const state = emptyState({ keepsValues: false });
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
