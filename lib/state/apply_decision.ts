import type { Decided, DecidedEdit } from "../journal/decided.ts";
import { readArguments, readValue, storeArguments } from "../journal/stored_value.ts";
import type { StepNode } from "../plan/node.ts";
import { addModules, checkStepValue } from "./add_nodes.ts";
import { clearWait } from "./apply_step_event.ts";
import { insertNodes, refer } from "./insert_nodes.ts";
import { findPastUser } from "./references.ts";
import { rewind } from "./rewind.ts";
import { beginRollback, takesValueToUndo } from "./rollback.ts";
import { findStep, ImpossibleEvent, type State } from "./state.ts";
import { emptyContainer, type StepState } from "./step_state.ts";
import { rememberStep, undecide } from "./undecide.ts";
import { findBegun, walkSteps } from "./walk_steps.ts";

/** Who decided, when it was the step's own probe. */
export const PROBE = "probe";

/** Makes an administrator's decision true. */
export function applyDecision(state: State, event: Decided, at: string): void {
  if (event.decision === "rollback") return beginRollback(state, event);
  if (state.status === "finished" && event.decision !== "rewind") {
    throw new ImpossibleEvent(`"decided" stands behind "ended"`);
  }
  if (event.decision === "insert") {
    addModules(state, event.modules);
    insertNodes(state, event.nodes, event.after);
    for (const { id } of event.nodes) {
      const inserted = findStep(state, id);
      if (inserted !== undefined) noteDecision(inserted, event, at);
    }
    return;
  }
  const step = findStep(state, event.step);
  if (step === undefined) throw new ImpossibleEvent(`there is no step ${event.step} in the plan`);
  if (event.decision === "rewind") {
    rewind(state, step);
    return noteDecision(step, event, at);
  }
  if (event.decision === "undecide") {
    undecide(state, step);
    return noteDecision(step, event, at);
  }
  if (!isOpen(state, step, event)) {
    throw new ImpossibleEvent(`step ${event.step} was decided about while it was ${step.status}`);
  }
  rememberStep(state, step, event.decision);
  decide(state, step, event);
  // Whatever was decided, nobody waits any more for the next attempt that was announced; other arguments change no time.
  if (event.decision !== "edit") step.dueAt = undefined;
  noteDecision(step, event, at);
  state.atWork.delete(step);
  clearWait(state, step);
}

function decide(
  state: State,
  step: StepState,
  event: Exclude<Decided, { decision: "insert" | "rollback" }>,
): void {
  switch (event.decision) {
    case "retry":
      step.isApproved = true;
      step.failedTries = undefined;
      // A person may say that it is worth another three attempts; a probe only says that it did not happen.
      if (event.by !== PROBE) step.interruptions = undefined;
      else if (step.isUndoing !== true) step.isUncertain = undefined;
      return;
    case "skip":
      return step.isUndoing === true || step.status === "finished" ? leave(step) : leaveOut(state, step);
    case "done":
      if (step.isUndoing === true && event.given === true && takesValueToUndo(step)) {
        step.failedTries = undefined;
        return finishByDecision(step, event);
      }
      if (step.isUndoing === true) {
        step.status = "undone";
        step.isUndoing = undefined;
        return;
      }
      step.status = "finished";
      return finishByDecision(step, event);
    case "edit":
      if (step.node.kind !== "step") throw new ImpossibleEvent(`step ${event.step} has no arguments`);
      refer(state, event.step, readArguments(event));
      step.node = withArguments(step.node, event);
      return;
    case "remove":
      if (findBegun(step) !== undefined) {
        throw new ImpossibleEvent(`step ${event.step} was taken out of the plan, and it, or a part of it, was begun`);
      }
      leaveOut(state, step);
      for (const part of [step, ...walkSteps(step.children ?? emptyContainer())]) part.isRemoved = true;
      return;
    case "rewind":
    case "undecide":
      return;
    default:
      event satisfies never;
  }
}

/** What has happened stays so; but a value that was lost may be given, and one that was given be given anew. */
function isOpen(state: State, step: StepState, event: Decided): boolean {
  if (step.isUndoing === true) return event.decision !== "edit" && event.decision !== "remove";
  if (step.status === "finished") {
    if (event.decision === "skip") return step.isLeft !== true && state.rollback?.queue.includes(step) === true;
    if (event.decision !== "done") return false;
    if (step.isGiven === true) return findPastUser(state, event.step) === undefined;
    return event.given === true && step.dropped !== undefined;
  }
  if (step.isRemoved === true) return false;
  if (step.status === "skipped") return event.decision === "done" && step.node.kind === "step";
  return step.status !== "undone";
}

/** Its effect stays, although the rest is undone. */
function leave(step: StepState): void {
  step.status = "finished";
  step.isUndoing = undefined;
  step.isLeft = true;
}

/** A group is left out with all in it that has not come to its end. */
function leaveOut(state: State, step: StepState): void {
  step.status = "skipped";
  if (step.children === undefined) return;
  for (const child of walkSteps(step.children)) {
    if (child.status === "finished" || child.status === "undone") continue;
    if (child.status === "started") {
      throw new ImpossibleEvent(`step ${step.node.id} was left out while step ${child.node.id} was started`);
    }
    child.status = "skipped";
    child.dueAt = undefined;
    clearWait(state, child);
  }
}

function withArguments({ argsMeta: _old, ...node }: StepNode, event: DecidedEdit): StepNode {
  return { ...node, ...storeArguments(readArguments(event)) };
}

function finishByDecision(step: StepState, event: Extract<Decided, { decision: "done" }>): void {
  step.isGiven = true;
  if (event.given !== true) {
    step.dropped = { reason: "the step was said to be done, without a result" };
    step.value = undefined;
    return;
  }
  step.dropped = undefined;
  step.value = readValue(event);
  checkStepValue(event.step, step.value);
}

function noteDecision(step: StepState, event: Decided, at: string): void {
  const { decision, by, why } = event;
  const noted = { decision, at, ...(by === undefined ? {} : { by }), ...(why === undefined ? {} : { why }) };
  step.decisions = [...step.decisions ?? [], noted];
}
