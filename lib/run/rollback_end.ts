import { happenedSteps, leftSteps, rewoundEffects } from "../state/rollback.ts";
import type { State } from "../state/state.ts";
import { walkSteps } from "../state/walk_steps.ts";

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
  const to = state.undoneTo;
  const isLeft = new Set(leftSteps(state, to));
  const left = [...walkSteps(state.root)].filter((step) => isLeft.has(step.node.id) || step.isLeft === true);
  const behind = new Set(happenedSteps(state, to));
  const kept = [...happenedSteps(state, undefined)].reverse().filter((step) => !behind.has(step));
  return {
    left: left.map(({ node }) => node.id),
    rewound: rewoundEffects(state, to),
    kept: kept.map(({ node }) => node.id),
  };
}
