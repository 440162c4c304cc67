import type { Event } from "../../lib/journal/event.ts";
import type { PlanNode, StepNode } from "../../lib/plan/node.ts";
import { applyEvent } from "../../lib/state/apply_event.ts";
import { State } from "../../lib/state/state.ts";
import { walkSteps } from "../../lib/state/walk_steps.ts";
import type { Json } from "../../lib/values/json.ts";

/** When everything happens. */
export const AT = "2026-11-23T02:15:00.123Z";

/** Folds events into a state that keeps no more values than a run does. */
export function folded(...events: readonly Event[]): State {
  const state = new State({ keepsValues: false });
  for (const event of events) applyEvent(state, event, AT);
  return state;
}

/** A plan of steps, and of the value that the transaction returns. */
export function plan(nodes: readonly PlanNode[], value: Refs = {}): readonly Event[] {
  return [
    {
      type: "opened",
      format: 1,
      id: "t",
      library: "0.1.0",
      home: "file:///srv/a.ts",
      modules: [{ url: "file:///srv/a.ts" }],
      options: {},
    },
    { type: "planned", nodes },
    {
      type: "ready",
      nodes: nodes.length,
      ...(value.args === undefined ? {} : { value: value.args }),
      ...(value.argsMeta === undefined ? {} : { valueMeta: value.argsMeta }),
    },
  ];
}

/** Arguments as a node has them. */
export interface Refs {
  /** The list. */
  readonly args?: Json[];
  /** Which of them are refs. */
  readonly argsMeta?: Json;
}

/** A step without arguments, or with some. */
export function stepNode(id: string, more: Refs & Pick<StepNode, "name" | "options"> = {}): StepNode {
  return { id, kind: "step", module: 0, export: `f${id}`, ...more };
}

/** Arguments that are refs: each an id, and the keys of the part that is taken. */
export function refs(...targets: readonly (readonly [id: string, ...path: string[]])[]): Refs & { args: Json[] } {
  const args = targets.map(([step, ...path]): Json => (path.length === 0 ? { step } : { step, path }));
  const values = Object.fromEntries(args.map((_, index) => [String(index), [["custom", "ref"]]]));
  return { args, argsMeta: { values, v: 1 } };
}

/** A step that starts and finishes. */
export function done(step: string, value?: Json): readonly Event[] {
  return [
    { type: "started", step, attempt: 1, run: 1 },
    { type: "finished", step, attempt: 1, ms: 1, ...(value === undefined ? {} : { value }) },
  ];
}

/** A step that fails and ends the run. */
export function failed(step: string): readonly Event[] {
  return [
    { type: "started", step, attempt: 1, run: 1 },
    { type: "failed", step, attempt: 1, ms: 1, error: { name: "Error", message: "no" } },
    { type: "aborted", step },
  ];
}

/** The steps in the order of the plan, each with its status. */
export function statuses(state: State): readonly string[] {
  return [...walkSteps(state.root)].map(({ node, status }) => `${node.id} ${status}`);
}
