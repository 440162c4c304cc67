import type { DecidedAs } from "../journal/event.ts";
import { ImpossibleEvent, type State } from "./state.ts";
import { isUndoing, mark, type StepState } from "./step_state.ts";
import { parentId, walkSteps } from "./walk_steps.ts";

/** Begins to take back what has happened: the last first, up to a step that stays. */
export function beginRollback(state: State, { to }: DecidedAs<"rollback">): void {
  if (to !== undefined && !state.byId.has(to)) throw new ImpossibleEvent(`there is no step ${to} in the plan`);
  if (!state.isReady || state.running.size > 0) {
    throw new ImpossibleEvent("a rollback was decided while a step was at work");
  }
  const queue = stepsToUndo(state, to);
  // What was decided before has said which steps are to be undone, and how.
  for (const step of state.byId.values()) step.undecided = undefined;
  for (const step of queue) {
    // That it may run again does not tell whether it has happened, or tells that it has not.
    if (step.marks !== undefined) mark(step, { isApproved: undefined });
    // One attempt was interrupted, and a later one has failed: perhaps because of what the first had done.
    if (step.status === "failed" || step.status === "waiting") step.status = "unknown";
  }
  state.rollback = { ...(to === undefined ? {} : { to }), queue, cursor: 0 };
  state.status = "started";
  state.waits = [];
}

/** The steps that a rollback takes back: the last first. Those without an undo function stay as they are. */
export function stepsToUndo(state: State, to: string | undefined): readonly StepState[] {
  return happenedSteps(state, to).filter(hasUndo);
}

/** The steps that have happened, or may have, behind the one that stays: the last first. */
export function happenedSteps(state: State, to: string | undefined): readonly StepState[] {
  const behind = [...stepsBehind(state, to)].filter(mayHaveHappened);
  return behind.reverse();
}

/**
 * The steps behind the one that stays that had happened, or may have, when they were rewound: nobody can undo that any more.
 * What was in a plan that is gone stands where the step stands that had returned it.
 */
export function rewoundEffects(state: State, to: string | undefined): readonly string[] {
  if (state.rewound.size === 0) return [];
  const behind = new Set(Array.from(stepsBehind(state, to), ({ node }) => node.id));
  const isBehind = (id: string): boolean => {
    let place: string | undefined = id;
    while (place !== undefined && !state.byId.has(place)) place = parentId(place);
    return place !== undefined && behind.has(place);
  };
  return [...state.rewound].filter(isBehind);
}

/** What is in the step that stays, stays as well. */
function* stepsBehind(state: State, to: string | undefined): Generator<StepState> {
  const inside = to === undefined ? undefined : `${to}.`;
  let isBehind = to === undefined;
  for (const step of walkSteps(state.root)) {
    const { id } = step.node;
    if (isBehind && !(inside !== undefined && id.startsWith(inside))) yield step;
    if (id === to) isBehind = true;
  }
}

/** Whether a step has an effect that was not taken back, or may have one. */
export function mayHaveHappened({ node, status, marks }: StepState): boolean {
  if (node.kind !== "step" || marks?.undo === "left") return false;
  if (marks?.isUncertain === true && (status === "failed" || status === "waiting")) return true;
  return status === "finished" || status === "unknown" || status === "started";
}

/**
 * Whether the value that its undo gets can be given (anew): somebody gave it, or it was lost. Not while nobody knows whether
 * the undo has happened with it, and nobody has said that it runs again.
 */
export function takesValueToUndo(step: StepState): boolean {
  const { status, marks = {} } = step;
  if (marks.isGiven !== true && marks.dropped === undefined) return false;
  if (!isUndoing(step)) return status === "finished";
  return status === "failed" || status === "waiting" || (status === "unknown" && marks.isApproved === true);
}

/** Whether a step can be undone. */
export function hasUndo({ node }: StepState): boolean {
  return node.kind === "step" && node.options?.undo !== undefined;
}

/** The steps that have happened, or may have, and cannot be undone. */
export function leftSteps(state: State, to: string | undefined): readonly string[] {
  return happenedSteps(state, to).filter((step) => !hasUndo(step)).map(({ node }) => node.id).reverse();
}

/** What stays when a rollback is complete: ids of steps. */
export interface RollbackEnd {
  /** What has happened, or may have, and has no undo function, or was left by somebody's word. */
  readonly left: readonly string[];
  /** What had happened before the steps were rewound. */
  readonly rewound: readonly string[];
  /** What has happened, or may have, up to the step that the rollback was told to leave. */
  readonly kept: readonly string[];
}

/** Finds what stays when a rollback is complete. */
export function findRollbackEnd(state: State): RollbackEnd {
  const to = state.undone?.to;
  const isLeft = new Set(leftSteps(state, to));
  const left = [...walkSteps(state.root)].filter((step) => isLeft.has(step.node.id) || step.marks?.undo === "left");
  const behind = new Set(happenedSteps(state, to));
  const kept = [...happenedSteps(state, undefined)].reverse().filter((step) => !behind.has(step));
  return {
    left: left.map(({ node }) => node.id),
    rewound: rewoundEffects(state, to),
    kept: kept.map(({ node }) => node.id),
  };
}
