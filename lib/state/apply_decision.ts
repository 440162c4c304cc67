import type { Decided, DecidedAs } from "../journal/event.ts";
import { readArguments, readValue, storeArguments } from "../journal/stored_value.ts";
import type { StepNode } from "../plan/node.ts";
import { withoutUndefined } from "../values/json.ts";
import { addModules, insertNodes } from "./add_nodes.ts";
import { answerOf, checkInsert, checkStanding } from "./answers.ts";
import { clearWait } from "./apply_step_event.ts";
import { checkNewArguments, checkStepValue } from "./references.ts";
import { rememberStep, rewind, undecide } from "./revert.ts";
import { beginRollback, takesValueToUndo } from "./rollback.ts";
import { countVisits, ImpossibleEvent, knownStep, type State } from "./state.ts";
import { type Decision, isUndoing, mark, type StepState } from "./step_state.ts";
import { findBegun, partsOf, walkSteps } from "./walk_steps.ts";

/** Who decided, when it was the step's own probe. */
export const PROBE = "probe";

export function applyDecision(state: State, event: Decided, at: string): void {
  if (!state.isReady) throw new ImpossibleEvent('"decided" precedes "ready"');
  if (event.decision === "rollback") return beginRollback(state, event);
  if (state.status === "finished" && event.decision !== "rewind") {
    throw new ImpossibleEvent(`"decided" follows "ended"`);
  }
  if (event.decision === "insert") {
    const refusal = checkInsert(state, event.after, () => countVisits(state, 1));
    if (refusal !== undefined) {
      const place = event.after === undefined ? "before all others" : `after step ${event.after}`;
      throw new ImpossibleEvent(`a step was inserted ${place}, which is not possible: ${refusal.code}`);
    }
    addModules(state, event.modules);
    insertNodes(state, event.nodes, event.after);
    for (const { id } of event.nodes) noteDecision(knownStep(state, id), event, at);
    return;
  }
  const step = knownStep(state, event.step);
  if (event.decision === "rewind") rewind(state, step);
  else if (event.decision === "undecide") undecide(state, step);
  else decideStep(state, step, event);
  noteDecision(step, event, at);
}

type StepDecided = DecidedAs<"retry" | "skip" | "done" | "edit" | "remove">;

function decideStep(state: State, step: StepState, event: StepDecided): void {
  const refusal = checkStanding(state, step, answerOf(event), (other) => countVisits(state, visitsToRead(other)));
  if (refusal !== undefined) {
    throw new ImpossibleEvent(`step ${event.step} was decided about while it was ${step.status}`);
  }
  rememberStep(state, step, event.decision);
  decide(state, step, event);
  mark(step, { rollsBack: undefined });
  // A decision ends the wait for the next attempt. Other arguments do not.
  if (event.decision !== "edit") mark(step, { dueAt: undefined });
  state.running.delete(step);
  clearWait(state, step);
}

function decide(state: State, step: StepState, event: StepDecided): void {
  switch (event.decision) {
    case "retry":
      mark(step, { isApproved: true, failedTries: undefined });
      // A person may say that it is worth another three attempts; a probe only says that it did not happen.
      if (event.by !== PROBE) mark(step, { interruptions: undefined });
      else if (!isUndoing(step)) mark(step, { isUncertain: undefined });
      return;
    case "skip":
      if (!isUndoing(step) && step.status !== "finished") return leaveOut(state, step);
      // Its effect stays, although the rest is undone.
      step.status = "finished";
      return mark(step, { undo: "left" });
    case "done":
      if (!isUndoing(step)) step.status = "finished";
      else if (event.given === true && takesValueToUndo(step)) mark(step, { failedTries: undefined });
      else {
        step.status = "undone";
        return mark(step, { undo: undefined });
      }
      return takeValue(step, event);
    case "edit":
      checkNewArguments(state, event.step, readArguments(event));
      if (step.node.kind !== "step") return;
      step.node = withArguments(step.node, event);
      if (step.status === "unknown" && step.node.options?.undo !== undefined) mark(step, { isEdited: true });
      return;
    case "remove":
      if (findBegun(step) !== undefined) {
        throw new ImpossibleEvent(`step ${event.step} was removed from the plan, but it, or a part of it, had begun`);
      }
      leaveOut(state, step);
      for (const part of partsOf(step)) mark(part, { isRemoved: true });
      return;
    default:
      event satisfies never;
  }
}

/** To read what a node refers to takes as long as to visit several. */
function visitsToRead({ node, value }: StepState): number {
  return value?.meta === undefined && (node.kind !== "step" || node.argsMeta === undefined) ? 1 : 16;
}

/** A group is left out with every node in it that has not finished. */
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

function takeValue(step: StepState, event: DecidedAs<"done">): void {
  if (event.given !== true) {
    step.value = undefined;
    return mark(step, { isGiven: true, dropped: { reason: "it was decided that the step is done, without a result" } });
  }
  mark(step, { isGiven: true, dropped: undefined });
  step.value = readValue(event);
  checkStepValue(event.step, step.value);
}

function noteDecision(step: StepState, { decision, by, why }: Decided, at: string): void {
  (step.decisions ??= []).push(withoutUndefined<Decision>({ decision, at, by, why }));
}
