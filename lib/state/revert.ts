import { isGroup } from "../plan/node.ts";
import { mayHaveHappened } from "./rollback.ts";
import { countVisits, ImpossibleEvent, type State } from "./state.ts";
import { resetCursors, type StepState, type Undecided } from "./step_state.ts";
import { nodesAround, partsOf, reopenAround, walkSteps } from "./walk_steps.ts";

/** Makes the transaction run again from a step on: it and every later step are pending, as if they had never run. */
export function rewind(state: State, from: StepState): void {
  if (state.status === "cancelled" || state.status === "undone" || state.rollback !== undefined) {
    throw new ImpossibleEvent("a transaction that was cancelled or rolled back cannot be rewound");
  }
  if (state.running.size > 0) throw new ImpossibleEvent("a transaction was rewound while a step was running");
  countVisits(state, state.byId.size);
  state.decided += 1;
  const steps = rewoundSteps(state, from);
  for (const step of steps) if (mayHaveHappened(step)) state.rewound.add(step.node.id);
  for (const step of steps) reset(state, step);
  bringBack(state, from);
  resetCursors(state.root);
  state.aborted = undefined;
  state.waits.clear();
  state.status = state.startedAt === undefined ? "pending" : "started";
}

/** What no longer counts when a step is pending again. Its arguments and its place stay as decided. */
const ENDED: ReadonlySet<string> = new Set(["skip", "done", "retry"]);

/** A step and every step after it, in the order of the plan. */
export function rewoundSteps(state: State, from: StepState): readonly StepState[] {
  const all = [...walkSteps(state.root)];
  return all.slice(all.indexOf(from));
}

/** Groups around the first step that were left out take part again. Decisions about them can no longer be undone. */
function bringBack(state: State, from: StepState): void {
  for (const container of nodesAround(state, from.node.id)) {
    container.undecided = undefined;
    if (container.status !== "skipped" || container.marks?.isRemoved === true) continue;
    container.status = "pending";
    endDecisions(container);
  }
}

/** Those that were undone before did not count any more, and those before another rewind were ended by that. */
function endDecisions(step: StepState): void {
  const { decisions, endedDecisions = 0 } = step;
  if (decisions === undefined) return;
  let undone = 0;
  // Each is looked at once, however often the step is rewound.
  const open = decisions.splice(endedDecisions).reverse().map((taken) => {
    if (taken.decision === "undecide") undone += 1;
    else if (undone > 0) undone -= 1;
    else if (ENDED.has(taken.decision)) return { ...taken, rewound: true as const };
    return taken;
  });
  for (const taken of open.reverse()) decisions.push(taken);
  step.endedDecisions = decisions.length;
}

function reset(state: State, step: StepState): void {
  // It was removed together with the plan that a step had returned.
  if (!state.byId.has(step.node.id)) return;
  // What was removed from the plan stays removed.
  if (step.marks?.isRemoved === true) return;
  if (step.attempts > 0) step.generation = (step.generation ?? 0) + 1;
  endDecisions(step);
  Object.assign(step, { status: "pending", value: undefined, marks: undefined, undecided: undefined });
  if (step.children === undefined || isGroup(step.node)) return;
  for (const child of walkSteps(step.children)) {
    state.byId.delete(child.node.id);
    if (child.node.name !== undefined) state.names.delete(child.node.name);
  }
  step.children.children.length = 0;
}

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
