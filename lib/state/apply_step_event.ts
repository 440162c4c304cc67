import type { EventOf } from "../journal/event.ts";
import { readValue } from "../journal/stored_value.ts";
import type { PlanNode } from "../plan/node.ts";
import { addNodes } from "./add_nodes.ts";
import { checkStepValue, isValueKept, noteReferences } from "./references.ts";
import { hasUndo } from "./rollback.ts";
import { ImpossibleEvent, type State } from "./state.ts";
import { emptyContainer, isUndoing, mark, type StepState, type StepStatus } from "./step_state.ts";

const STARTABLE: ReadonlySet<StepStatus> = new Set(["pending", "failed", "unknown", "waiting"]);
/** What a step may be when its undo begins for the first time. */
const UNDOABLE: ReadonlySet<StepStatus> = new Set(["finished", "unknown"]);

export function startAttempt(state: State, step: StepState, event: EventOf<"started">, at: string): void {
  if (!state.isReady) throw new ImpossibleEvent(`step ${event.step} was started before the plan was complete`);
  if (step.node.kind !== "step" || isUndoing(step) || state.rollback !== undefined) {
    throw new ImpossibleEvent(`step ${event.step} cannot be started`);
  }
  if (!STARTABLE.has(step.status)) {
    throw new ImpossibleEvent(`step ${event.step} was started while it was ${step.status}`);
  }
  if (event.attempt !== step.attempts + 1 || event.run !== state.runs.length) {
    throw new ImpossibleEvent(`step ${event.step} was started as attempt ${event.attempt} of run ${event.run}`);
  }
  step.attempts = event.attempt;
  if (step.marks?.isGiven === true) mark(step, { isGiven: undefined });
  begin(state, step, at);
}

export function startUndo(state: State, step: StepState, event: EventOf<"undoing">, at: string): void {
  if (state.rollback === undefined || !hasUndo(step)) {
    throw new ImpossibleEvent(`step ${event.step} was undone without a decision to, or without a way to`);
  }
  const isExpected = isUndoing(step) ? STARTABLE.has(step.status) : UNDOABLE.has(step.status);
  if (!isExpected) throw new ImpossibleEvent(`step ${event.step} was undone while it was ${step.status}`);
  if (event.attempt !== (step.undoAttempts ?? 0) + 1 || event.run !== state.runs.length) {
    throw new ImpossibleEvent(`step ${event.step} was undone as attempt ${event.attempt} of run ${event.run}`);
  }
  // The failures so far were those of the step's own function.
  if (!isUndoing(step)) mark(step, { undo: "begun", failedTries: undefined });
  step.undoAttempts = event.attempt;
  begin(state, step, at);
}

function begin(state: State, step: StepState, at: string): void {
  step.status = "started";
  if (step.marks !== undefined) {
    const over = { isApproved: undefined, dueAt: undefined, isOverdue: undefined, rollsBack: undefined };
    mark(step, { ...over, isEdited: undefined });
  }
  if (step.undecided !== undefined) step.undecided = undefined;
  if (state.keepsValues) {
    step.startedAt = at;
    step.ms = undefined;
  }
  state.running.add(step);
  state.starts += 1;
  clearWait(state, step);
  state.status = "started";
  state.startedAt ??= at;
}

/** An attempt, a sleep or a wait has finished. */
export function finishStep(state: State, step: StepState, event: EventOf<"finished">): void {
  if (step.node.kind === "step") endAttempt(state, step, event.attempt, event.ms);
  else endPause(state, step, event);
  step.status = "finished";
  state.finishes += 1;
  state.finishedMs += event.ms;
  if (event.dropped !== undefined) mark(step, { dropped: event.dropped });
  if (event.expands !== undefined) expand(state, step, event.expands);
  const value = readValue(event);
  // The value of a step that has returned a plan refers to that plan.
  if (event.expands === undefined) checkStepValue(event.step, value);
  else noteReferences(state, value, event.step);
  if (state.keepsValues || isValueKept(state, step)) step.value = value;
}

export function failAttempt(state: State, step: StepState, event: EventOf<"failed">, at: string): void {
  if ((event.undo === true) !== isUndoing(step)) {
    throw new ImpossibleEvent(`attempt ${event.attempt} of step ${event.step} ended without having been started`);
  }
  endAttempt(state, step, event.attempt, event.ms);
  step.status = "failed";
  dropDraft(step);
  mark(step, { failedTries: (step.marks?.failedTries ?? 0) + 1, rollsBack: event.rollback });
  const failure = { attempt: event.attempt, at, ms: event.ms, error: event.error };
  (step.failures ??= []).push(event.undo === true ? { ...failure, undo: true } : failure);
  state.failed.add(step);
}

export function announceRetry(step: StepState, event: EventOf<"retrying">): void {
  const attempts = isUndoing(step) ? step.undoAttempts ?? 0 : step.attempts;
  if (step.status !== "failed" || event.attempt !== attempts + 1) {
    throw new ImpossibleEvent(
      `attempt ${event.attempt} of step ${event.step} was announced while it was ${step.status}`,
    );
  }
  step.status = "waiting";
  mark(step, { dueAt: event.until });
}

export function finishUndo(state: State, step: StepState, event: EventOf<"undone">): void {
  if (!isUndoing(step)) throw new ImpossibleEvent(`step ${event.step} was not being undone`);
  endAttempt(state, step, event.attempt, event.ms);
  step.status = "undone";
  mark(step, { undo: undefined, failedTries: undefined });
}

/** A part of a plan was returned: it becomes part of the plan when the end of the step counts it. */
export function addDraft(state: State, step: StepState, nodes: readonly PlanNode[]): void {
  if (!state.running.has(step) || isUndoing(step)) {
    throw new ImpossibleEvent(`step ${step.node.id} returned a plan while it was ${step.status}`);
  }
  (step.draft ??= []).push([...nodes]);
}

/** A plan that was returned in part never was in the plan; but its numbers are used. */
export function dropDraft(step: StepState): void {
  const used = step.draft?.flat().map(({ id }) => Number(id.slice(step.node.id.length + 1))).filter(Number.isInteger);
  if (used === undefined) return;
  step.draft = undefined;
  step.children ??= emptyContainer();
  step.children.next = used.reduce((next, number) => Math.max(next, number + 1), step.children.next);
}

function expand(state: State, step: StepState, count: number): void {
  const draft = step.draft ?? [];
  if (draft.length !== count) {
    throw new ImpossibleEvent(`step ${step.node.id} counts ${count} parts of its plan, ${draft.length} were written`);
  }
  step.draft = undefined;
  step.children ??= emptyContainer();
  for (const nodes of draft) addNodes(state, nodes, step.node.id);
}

function endAttempt(state: State, step: StepState, attempt = 0, ms = 0): void {
  const attempts = isUndoing(step) ? step.undoAttempts : step.attempts;
  if (step.status !== "started" || attempts !== attempt) {
    throw new ImpossibleEvent(`attempt ${attempt} of step ${step.node.id} ended without having been started`);
  }
  state.running.delete(step);
  // A set that is filled and emptied again and again leaves a chain of old tables, which V8 collects late: 130 bytes a step.
  if (state.running.size === 0 && state.starts % 64 === 0) state.running = new Set();
  if (step.marks !== undefined) mark(step, { interruptions: undefined, isOverdue: undefined });
  if (state.keepsValues) step.ms = ms;
  // If it was overdue, a decision about it is wanted: its late end is the answer.
  clearWait(state, step);
}

function endPause(state: State, step: StepState, event: EventOf<"finished">): void {
  const { node } = step;
  if (step.status !== "pending" && step.status !== "waiting") {
    throw new ImpossibleEvent(`step ${event.step} ended while it was ${step.status}`);
  }
  if (node.kind === "wait") {
    const queue = state.signals.get(node.signal);
    if (queue === undefined) throw new ImpossibleEvent(`step ${event.step} ended without the signal that it waits for`);
    queue.take();
    if (queue.length === 0) state.signals.delete(node.signal);
  } else if (node.kind !== "sleep") {
    throw new ImpossibleEvent(`step ${event.step} is a ${node.kind}, which has no end of its own`);
  }
  if (step.marks !== undefined) mark(step, { dueAt: undefined });
  clearWait(state, step);
}

/** Nothing is waited for at a step any more: it continues, or was decided about. */
export function clearWait(state: State, step: StepState): void {
  if (state.waits.size === 0 || !state.waits.delete(step.node.id)) return;
  if (state.status === "waiting" && state.waits.size === 0) state.status = "started";
}
