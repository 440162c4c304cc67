import { isGroup } from "../plan/node.ts";
import { countVisits, ImpossibleEvent, type State } from "./state.ts";
import { resetCursors, type StepState, type Undecided } from "./step_state.ts";
import { nodesAround, partsOf, reopenAround } from "./walk_steps.ts";

/** Notes what is true of a step, and of what the decision changes in it, before the decision counts. */
export function rememberStep(state: State, step: StepState, decision: string): void {
  const before = changedParts(state, step, decision).map((part) => {
    const { node, status, value, marks } = part;
    return { step: part, was: { node, status, value, marks } };
  });
  (step.undecided ??= []).push({ decision, starts: state.starts, order: state.decided, before });
  state.decided += 1;
}

/** What is left out already, or has finished, is not left out once more. Decisions about a step do not change its plan. */
function changedParts(state: State, step: StepState, decision: string): readonly StepState[] {
  if (!isGroup(step.node)) return [step];
  return visitParts(state, step).filter((part) =>
    part === step || (decision === "remove" ? part.marks?.isRemoved !== true : !isSettledAlone(part))
  );
}

/** A reader continues after a refusal: then a group is not looked through again. */
function visitParts(state: State, step: StepState): readonly StepState[] {
  countVisits(state, 1);
  const parts = partsOf(step);
  countVisits(state, parts.length);
  return parts;
}

function isSettledAlone({ status }: StepState): boolean {
  return status === "finished" || status === "skipped" || status === "undone";
}

/** The last decision about a step, if nothing has run since. */
export function lastDecision(state: State, step: StepState): Undecided | undefined {
  const last = step.undecided?.at(-1);
  return last?.starts === state.starts ? last : undefined;
}

/** A step around or inside this one that was decided about later, so that its decision must be undone first. */
export function laterDecided(state: State, step: StepState): StepState | undefined {
  const last = lastDecision(state, step);
  if (last === undefined) return undefined;
  const related = [...nodesAround(state, step.node.id), ...partsOf(step)];
  return related.find((other) => (lastDecision(state, other)?.order ?? -1) > last.order);
}

/** Undoes the last decision about a step, if nothing has run since. */
export function undecide(state: State, step: StepState): void {
  const last = lastDecision(state, step);
  if (isGroup(step.node)) visitParts(state, step);
  if (last === undefined) throw new ImpossibleEvent(`there is no decision about step ${step.node.id} to undo`);
  const later = laterDecided(state, step);
  if (later !== undefined) {
    throw new ImpossibleEvent(`step ${later.node.id} was decided about later than step ${step.node.id}`);
  }
  step.undecided?.pop();
  for (const { step: part, was } of last.before) {
    Object.assign(part, was);
    if (part.status === "failed") state.failed.add(part);
  }
  if (isGroup(step.node) && step.children !== undefined) resetCursors(step.children);
  reopenAround(state, step.node.id);
  if (state.rollback !== undefined) state.rollback.hasValues = false;
}
