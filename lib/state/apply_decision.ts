import type { Decided, DecidedAs } from "../journal/event.ts";
import { readArguments, readValue, storeArguments } from "../journal/stored_value.ts";
import type { StepNode } from "../plan/node.ts";
import { addModules, checkStepValue } from "./add_nodes.ts";
import { clearWait } from "./apply_step_event.ts";
import { insertNodes, refer } from "./insert_nodes.ts";
import { findPastUser } from "./references.ts";
import { rewind } from "./rewind.ts";
import { beginRollback, takesValueToUndo } from "./rollback.ts";
import { findStep, ImpossibleEvent, type State } from "./state.ts";
import { emptyContainer, isUndoing, mark, type StepState } from "./step_state.ts";
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
  if (event.decision !== "edit") mark(step, { dueAt: undefined });
  noteDecision(step, event, at);
  state.running.delete(step);
  clearWait(state, step);
}

function decide(
  state: State,
  step: StepState,
  event: Exclude<Decided, { decision: "insert" | "rollback" }>,
): void {
  switch (event.decision) {
    case "retry":
      mark(step, { isApproved: true, failedTries: undefined });
      // A person may say that it is worth another three attempts; a probe only says that it did not happen.
      if (event.by !== PROBE) mark(step, { interruptions: undefined });
      else if (!isUndoing(step)) mark(step, { isUncertain: undefined });
      return;
    case "skip":
      return isUndoing(step) || step.status === "finished" ? leave(step) : leaveOut(state, step);
    case "done":
      if (!isUndoing(step)) step.status = "finished";
      else if (event.given === true && takesValueToUndo(step)) mark(step, { failedTries: undefined });
      else {
        step.status = "undone";
        return mark(step, { undo: undefined });
      }
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
      for (const part of [step, ...walkSteps(step.children ?? emptyContainer())]) mark(part, { isRemoved: true });
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
  if (isUndoing(step)) return event.decision !== "edit" && event.decision !== "remove";
  if (step.status === "finished") {
    if (event.decision === "skip") return step.marks?.undo !== "left" && state.rollback?.queue.includes(step) === true;
    if (event.decision !== "done") return false;
    if (step.marks?.isGiven === true) return findPastUser(state, event.step) === undefined;
    return event.given === true && step.marks?.dropped !== undefined;
  }
  if (step.marks?.isRemoved === true) return false;
  if (step.status === "skipped") return event.decision === "done" && step.node.kind === "step";
  return step.status !== "undone";
}

/** Its effect stays, although the rest is undone. */
function leave(step: StepState): void {
  step.status = "finished";
  mark(step, { undo: "left" });
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
    mark(child, { dueAt: undefined });
    clearWait(state, child);
  }
}

function withArguments({ argsMeta: _old, ...node }: StepNode, event: DecidedAs<"edit">): StepNode {
  return { ...node, ...storeArguments(readArguments(event)) };
}

function finishByDecision(step: StepState, event: Extract<Decided, { decision: "done" }>): void {
  if (event.given !== true) {
    step.value = undefined;
    return mark(step, { isGiven: true, dropped: { reason: "the step was said to be done, without a result" } });
  }
  mark(step, { isGiven: true, dropped: undefined });
  step.value = readValue(event);
  checkStepValue(event.step, step.value);
}

function noteDecision(step: StepState, event: Decided, at: string): void {
  const { decision, by, why } = event;
  const noted = { decision, at, ...(by === undefined ? {} : { by }), ...(why === undefined ? {} : { why }) };
  step.decisions = [...step.decisions ?? [], noted];
}
