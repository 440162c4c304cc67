import { ImpossibleEvent } from "./impossible_event.ts";
import { rewindCursors } from "./insert_nodes.ts";
import type { State } from "./state.ts";
import type { Decidable, StepState, Undecided } from "./step_state.ts";
import { parentId, walkSteps } from "./walk_steps.ts";

/** Notes what is true of a step, and of what lies in it, before a decision about it counts. */
export function rememberStep(state: State, step: StepState, decision: string): void {
  const inside = step.children === undefined ? [] : [...walkSteps(step.children)];
  const before = [step, ...inside].map((part) => ({ step: part, was: decidable(part) }));
  step.undecided = [...step.undecided ?? [], { decision, starts: state.starts, before }];
}

/** The last decision about a step that nothing has run since. */
export function lastDecision(state: State, step: StepState): Undecided | undefined {
  const last = step.undecided?.at(-1);
  return last?.starts === state.starts ? last : undefined;
}

/** Takes the last decision about a step back, as long as nothing has run since. */
export function undecide(state: State, step: StepState): void {
  const last = lastDecision(state, step);
  if (last === undefined) throw new ImpossibleEvent(`there is no decision about step ${step.node.id} to take back`);
  step.undecided = step.undecided?.slice(0, -1);
  for (const { step: part, was } of last.before) Object.assign(part, was);
  rewindCursors(state, parentId(step.node.id));
}

function decidable(step: StepState): Decidable {
  const { node, status, isApproved, failedTries, interruptions } = step;
  const { dropped, value, isGiven, isRemoved, dueAt, isUndoing, isLeft } = step;
  return {
    node,
    status,
    isApproved,
    failedTries,
    interruptions,
    dropped,
    value,
    isGiven,
    isRemoved,
    dueAt,
    isUndoing,
    isLeft,
  };
}
