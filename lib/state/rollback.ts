import type { DecidedAs } from "../journal/event.ts";
import { countVisits, ImpossibleEvent, isClosed, type State } from "./state.ts";
import { isUndoing, mark, type StepState } from "./step_state.ts";
import { idsAround, stepsAfter, walkSteps } from "./walk_steps.ts";

/** Begins to undo what has happened: the last first, back to a step that stays. */
export function beginRollback(state: State, { to }: DecidedAs<"rollback">): void {
  if (to !== undefined && !state.byId.has(to)) throw new ImpossibleEvent(`there is no step ${to} in the plan`);
  if (state.running.size > 0) throw new ImpossibleEvent("a rollback was decided while a step was running");
  countVisits(state, state.byId.added);
  state.decided += 1;
  const queue = stepsToUndo(state, to);
  // Earlier decisions determine which steps are undone, and how: they can no longer be undone themselves.
  for (const step of state.byId.values()) step.undecided = undefined;
  for (const step of queue) {
    // A decision to run it again is no decision to undo it, and its undo need not wait for its next attempt.
    if (step.marks !== undefined) mark(step, { isApproved: undefined, dueAt: undefined });
    // One attempt was interrupted, and a later one failed: perhaps because of what the first had done.
    if (step.status === "failed" || step.status === "waiting") step.status = "unknown";
  }
  state.rollback = { to, queue, queued: new Set(queue), cursor: 0, hasValues: false };
  state.status = "started";
  state.waits.clear();
}

/** The failed step because of which a rollback is due that has not begun: others were running when the run ended. */
export function findDueRollback(state: State): StepState | undefined {
  const { status, options, rollback } = state;
  if (options.onFailure !== "rollback" || rollback !== undefined) return undefined;
  if (isClosed(status)) return undefined;
  return state.byId.values().find(({ marks, status }) => marks?.rollsBack === true && status === "failed");
}

/** The steps that a rollback undoes: the last first. Those without an undo function stay as they are. */
export function stepsToUndo(state: State, to: string | undefined): readonly StepState[] {
  return happenedSteps(state, to).filter(hasUndo).reverse();
}

/** The steps that have happened, or may have, after the one that stays with everything in it. */
export function happenedSteps(state: State, to: string | undefined): readonly StepState[] {
  return [...stepsAfter(state, to)].filter(mayHaveHappened);
}

/** What had happened, or may have, after the step that stays, when it was rewound: it can no longer be undone. */
export function rewoundEffects(state: State, to: string | undefined): readonly string[] {
  if (state.rewound.size === 0) return [];
  const after = new Set(stepsAfter(state, to).map(({ node }) => node.id));
  // A step of a plan that is gone has the place of the step that had returned the plan.
  return [...state.rewound].filter((id) => after.has(idsAround(id).find((place) => state.byId.has(place)) ?? ""));
}

/** Whether a step has an effect that was not undone, or may have one. */
export function mayHaveHappened({ node, status, marks }: StepState): boolean {
  if (node.kind !== "step" || marks?.undo === "left") return false;
  if (marks?.isUncertain === true && (status === "failed" || status === "waiting")) return true;
  return status === "finished" || status === "unknown" || status === "started";
}

/**
 * Whether the value that its undo function gets can be given (again): it was given by decision, or lost. Not while it is
 * unknown whether the undo has happened with it, unless it was decided that the undo runs again.
 */
export function takesValueToUndo(step: StepState): boolean {
  const { status, marks = {} } = step;
  if (marks.isGiven !== true && marks.dropped === undefined) return false;
  if (!isUndoing(step)) return status === "finished";
  return status === "failed" || status === "waiting" || (status === "unknown" && marks.isApproved === true);
}

export function hasUndo({ node }: StepState): boolean {
  return node.kind === "step" && node.options?.undo !== undefined;
}

export function leftSteps(state: State, to: string | undefined): readonly string[] {
  return happenedSteps(state, to).filter((step) => !hasUndo(step)).map(({ node }) => node.id);
}

/** What stays when a rollback is complete: ids of steps. */
export interface RollbackEnd {
  /** What has happened, or may have, and has no undo function, or was left by decision. */
  readonly left: readonly string[];
  /** What had happened before the steps were rewound. */
  readonly rewound: readonly string[];
  /** What has happened, or may have, up to the step that stays. */
  readonly kept: readonly string[];
}

export function findRollbackEnd(state: State): RollbackEnd {
  const to = state.undone?.to;
  const isLeft = new Set(leftSteps(state, to));
  const left = [...walkSteps(state.root)].filter((step) => isLeft.has(step.node.id) || step.marks?.undo === "left");
  const after = new Set(happenedSteps(state, to));
  const kept = happenedSteps(state, undefined).filter((step) => !after.has(step));
  return {
    left: left.map(({ node }) => node.id),
    rewound: rewoundEffects(state, to),
    kept: kept.map(({ node }) => node.id),
  };
}
