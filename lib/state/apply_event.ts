import type { Event, Finished, Opened, Resumed, Retrying } from "../journal/event.ts";
import type { ModuleChange } from "../journal/stored.ts";
import { applyDecision } from "./apply_decision.ts";
import { addNodes, checkStepValue, noteReferences } from "./add_nodes.ts";
import { ImpossibleEvent } from "./impossible_event.ts";
import { findStep, type State, type StepState, type StepStatus } from "./state.ts";

/** What a step may be when an attempt begins. */
const STARTABLE: ReadonlySet<StepStatus> = new Set(["pending", "failed", "unknown", "waiting"]);

/**
 * Makes an event true: folds it into the state, in place.
 *
 * @param state The state after all earlier events.
 * @param event The event.
 * @param at When its record was written, as an ISO date.
 * @throws {ImpossibleEvent} The event cannot follow the earlier ones. The state is of no use then.
 */
export function applyEvent(state: State, event: Event, at: string): void {
  state.lastAt = at;
  if (state.id === "" && event.type !== "opened") throw new ImpossibleEvent(`"${event.type}" stands before "opened"`);
  if (state.status === "finished") throw new ImpossibleEvent(`"${event.type}" stands behind "ended"`);
  switch (event.type) {
    case "opened":
      return open(state, event, at);
    case "planned":
      if (state.isReady) throw new ImpossibleEvent('"planned" stands behind "ready"');
      return addNodes(state, event.nodes);
    case "ready":
      if (state.isReady) throw new ImpossibleEvent('"ready" stands there twice');
      if (event.nodes !== state.steps.length) {
        throw new ImpossibleEvent(`"ready" counts ${event.nodes} nodes, ${state.steps.length} were planned`);
      }
      state.isReady = true;
      state.value = event;
      return noteReferences(state, { value: event.value, meta: event.valueMeta });
    case "started":
      return start(state, event, at);
    case "finished":
      return finish(state, event);
    case "failed": {
      const step = endedAttempt(state, event);
      step.status = "failed";
      step.failedTries += 1;
      step.failures = [...step.failures ?? [], { attempt: event.attempt, at, ms: event.ms, error: event.error }];
      return;
    }
    case "retrying":
      return waitForRetry(state, event);
    case "undoing":
    case "expanded":
      throw new ImpossibleEvent(`the event "${event.type}"`, { isNew: true });
    case "waiting":
      knownStep(state, event.step);
      if (event.for !== "decision") throw new ImpossibleEvent(`a wait for "${event.for}"`, { isNew: true });
      state.status = "waiting";
      state.waiting = event;
      return;
    case "signalled":
      throw new ImpossibleEvent('the event "signalled"', { isNew: true });
    case "decided":
      return applyDecision(state, event, at);
    case "resumed":
      return resume(state, event, at);
    case "aborted":
      knownStep(state, event.step).failedTries = 0;
      state.status = "aborted";
      state.aborted = event;
      return;
    case "cancelled":
      state.status = "cancelled";
      state.cancelled = event;
      return;
    case "undone":
      if (event.step !== undefined) throw new ImpossibleEvent('the event "undone" of a step', { isNew: true });
      state.status = "undone";
      return;
    case "ended":
      if (!isComplete(state)) throw new ImpossibleEvent('"ended" stands before the end of all steps');
      state.status = "finished";
      return;
    default:
      event satisfies never;
  }
}

/** Tells whether nothing is left to run. Moves the cursor over what is done. */
export function isComplete(state: State): boolean {
  for (;;) {
    const step = state.steps[state.cursor];
    if (step === undefined) return true;
    if (step.status !== "finished" && step.status !== "skipped") return false;
    state.cursor += 1;
  }
}

function open(state: State, event: Opened, at: string): void {
  if (state.id !== "") throw new ImpossibleEvent('"opened" stands there twice');
  if (event.options.onFailure === "rollback") throw new ImpossibleEvent('the option "onFailure"', { isNew: true });
  state.id = event.id;
  state.library = event.library;
  state.home = event.home;
  state.modules = [...event.modules];
  state.options = event.options;
  state.openedAt = at;
  state.runs.push({ ...event, run: 1, at });
}

function waitForRetry(state: State, event: Retrying): void {
  const step = knownStep(state, event.step);
  if (step.status !== "failed" || event.attempt !== step.attempts + 1) {
    throw new ImpossibleEvent(
      `attempt ${event.attempt} of step ${event.step} was announced while it was ${step.status}`,
    );
  }
  step.status = "waiting";
  step.retryAt = event.until;
}

function start(state: State, event: { step: string; attempt: number; run: number }, at: string): void {
  const step = knownStep(state, event.step);
  if (!state.isReady) throw new ImpossibleEvent(`step ${event.step} was started before the plan was complete`);
  if (!STARTABLE.has(step.status)) {
    throw new ImpossibleEvent(`step ${event.step} was started while it was ${step.status}`);
  }
  if (event.attempt !== step.attempts + 1 || event.run !== state.runs.length) {
    throw new ImpossibleEvent(`step ${event.step} was started as attempt ${event.attempt} of run ${event.run}`);
  }
  step.status = "started";
  step.attempts = event.attempt;
  step.isApproved = false;
  step.retryAt = undefined;
  step.startedAt = at;
  step.ms = undefined;
  state.status = "started";
  state.startedAt ??= at;
}

function finish(state: State, event: Finished): void {
  const step = endedAttempt(state, event);
  step.status = "finished";
  step.dropped = event.dropped;
  // The value of a step that has returned a plan refers to that plan.
  if (event.expands === undefined) checkStepValue(event.step, { value: event.value, meta: event.valueMeta });
  if (state.keepsValues || state.referenced.has(event.step)) step.value = storedValue(event);
}

/** A stored value in the form that `decodeValue` takes. */
function storedValue(event: Finished): StepState["value"] {
  return {
    ...(event.value === undefined ? {} : { value: event.value }),
    ...(event.valueMeta === undefined ? {} : { meta: event.valueMeta }),
  };
}

function endedAttempt(state: State, event: { step: string; attempt: number; ms: number }): StepState {
  const step = knownStep(state, event.step);
  if (step.status !== "started" || step.attempts !== event.attempt) {
    throw new ImpossibleEvent(`attempt ${event.attempt} of step ${event.step} ended without having been started`);
  }
  step.interruptions = 0;
  step.ms = event.ms;
  // It was overdue, and somebody was asked about it; its late end is the answer.
  if (state.status === "waiting" && state.waiting?.step === event.step) {
    state.waiting = undefined;
    state.status = "started";
  }
  return step;
}

function resume(state: State, event: Resumed, at: string): void {
  if (!state.isReady) throw new ImpossibleEvent("a run was resumed before the plan was complete");
  if (event.run !== state.runs.length + 1) {
    throw new ImpossibleEvent(`run ${event.run} follows ${state.runs.length} runs`);
  }
  state.runs.push({ ...event, at });
  applyModuleChanges(state, event.modules ?? []);
  // Only steps at or behind the cursor can be at work.
  for (let position = state.cursor; position < state.steps.length; position += 1) {
    const step = state.steps[position];
    if (step?.status !== "started") continue;
    step.status = "unknown";
    step.interruptions += 1;
  }
  if (state.status !== "waiting") state.status = "started";
  state.aborted = undefined;
}

/** Notes where modules are now, and what they are. */
export function applyModuleChanges(state: State, changes: readonly ModuleChange[]): void {
  for (const change of changes) changeModule(state, change);
}

function changeModule(state: State, change: ModuleChange): void {
  const entry = state.modules[change.module];
  if (entry === undefined) throw new ImpossibleEvent(`there is no module ${change.module}`);
  const { module: _module, ...changed } = change;
  if (changed.url !== undefined && entry.url === state.home) state.home = changed.url;
  state.modules[change.module] = { ...entry, ...changed };
}

function knownStep(state: State, id: string): StepState {
  const step = findStep(state, id);
  if (step === undefined) throw new ImpossibleEvent(`there is no step ${id} in the plan`);
  return step;
}
