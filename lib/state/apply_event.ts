import { JournalDamaged, JournalTooNew } from "../errors/opening_errors.ts";
import type { JournalRecord } from "../journal/encode_record.ts";
import type { Event, EventOf, ModuleChange } from "../journal/event.ts";
import { readValue } from "../journal/stored_value.ts";
import { addModules, addNodes } from "./add_nodes.ts";
import { applyDecision } from "./apply_decision.ts";
import {
  addDraft,
  announceRetry,
  dropDraft,
  failAttempt,
  finishStep,
  finishUndo,
  startAttempt,
  startUndo,
} from "./apply_step_event.ts";
import { withoutUndefined } from "../values/json.ts";
import { checkStepValue, noteReferences } from "./references.ts";
import { countVisits, ImpossibleEvent, knownStep, type State } from "./state.ts";
import { Queue } from "./step_index.ts";
import { isComplete, isUndoing, mark, type StepState } from "./step_state.ts";

/** What may follow the end of the transaction. */
const AFTER_END: ReadonlySet<Event["type"]> = new Set(["resumed", "decided", "refused"]);

/** What is also recorded while nothing runs, perhaps much later: it does not make the run longer. */
const BESIDE_RUN: ReadonlySet<Event["type"]> = new Set([
  "decided",
  "signalled",
  "cancelled",
  "stopped",
  "refused",
  "reclaimed",
  "resumed",
]);

/** After these only a person continues the transaction, if anything is left of it. */
const HOLDS_BACK: ReadonlySet<Event["type"]> = new Set(["aborted", "cancelled", "stopped", "ended"]);

/** Folds an event, recorded `at` an ISO date, into the state. After an `ImpossibleEvent` the state is of no use. */
export function applyEvent(state: State, event: Event, at: string): void {
  state.lastAt = at;
  if (!BESIDE_RUN.has(event.type)) state.ranAt = at;
  if (HOLDS_BACK.has(event.type)) state.isHeldBack = true;
  if (state.id === "" && event.type !== "opened") throw new ImpossibleEvent(`"${event.type}" precedes "opened"`);
  if (state.status === "finished" && !AFTER_END.has(event.type)) {
    throw new ImpossibleEvent(`"${event.type}" follows "ended"`);
  }
  switch (event.type) {
    case "opened":
      return open(state, event, at);
    case "planned":
      if (state.isReady) throw new ImpossibleEvent('"planned" follows "ready"');
      return addNodes(state, event.nodes);
    case "ready":
      return completePlan(state, event);
    case "started":
      return startAttempt(state, knownStep(state, event.step), event, at);
    case "finished":
      if (state.beginsAfter === "help") state.retries = 0;
      return finishStep(state, knownStep(state, event.step), event);
    case "failed":
      return failAttempt(state, knownStep(state, event.step), event, at);
    case "retrying":
      return announceRetry(knownStep(state, event.step), event);
    case "expanded":
      addModules(state, event.modules);
      return addDraft(state, knownStep(state, event.step), event.nodes);
    case "undoing":
      return startUndo(state, knownStep(state, event.step), event, at);
    case "undone":
      return event.step === undefined ? endRollback(state) : finishUndo(state, knownStep(state, event.step), event);
    case "waiting":
      return wait(state, knownStep(state, event.step), event);
    case "signalled":
      answer(state, event.id);
      return keepSignal(state, event);
    case "decided":
      return applyDecision(state, event, at);
    case "resumed":
      return resume(state, event, at);
    case "aborted":
      return abort(state, event);
    case "cancelled":
      answer(state, event.id);
      state.rests += 1;
      state.status = "cancelled";
      state.cancelled = event;
      state.waits.clear();
      return;
    case "reclaimed":
      return;
    case "stopped":
      return answer(state, event.id);
    case "refused":
      return answer(state, event.id, event.reason);
    case "ended":
      // An honest one comes once after each rewind.
      countVisits(state, state.byId.size);
      if (state.rollback !== undefined || !isComplete(state.root)) {
        throw new ImpossibleEvent('"ended" precedes the end of all steps');
      }
      state.rests += 1;
      state.status = "finished";
      return;
    default:
      event satisfies never;
  }
}

function open(state: State, event: EventOf<"opened">, at: string): void {
  if (state.id !== "") throw new ImpossibleEvent('"opened" occurs twice');
  state.id = event.id;
  state.library = event.library;
  state.home = event.home;
  state.modules = [...event.modules];
  state.options = event.options;
  state.name = event.name;
  const { queue, priority = 0, dueAt } = event;
  if (queue !== undefined) state.queued = withoutUndefined({ queue, priority, dueAt });
  state.openedAt = at;
  state.begun = 1;
  state.runs.push({ ...event, run: 1, at });
}

function completePlan(state: State, event: EventOf<"ready">): void {
  if (state.isReady) throw new ImpossibleEvent('"ready" occurs twice');
  if (event.nodes !== state.byId.size) {
    throw new ImpossibleEvent(`"ready" counts ${event.nodes} nodes, ${state.byId.size} were planned`);
  }
  state.isReady = true;
  state.planned = event.nodes;
  state.value = readValue(event);
  noteReferences(state, state.value);
}

/** A sleep has begun, or the run has ended before the step. */
function wait(state: State, step: StepState, event: EventOf<"waiting">): void {
  const { node } = step;
  if (event.for === "time" && node.kind === "sleep" && event.until !== undefined) {
    if (step.status !== "pending" && step.status !== "waiting") {
      throw new ImpossibleEvent(`step ${event.step} began to sleep while it was ${step.status}`);
    }
    const isBeginning = step.status === "pending";
    step.status = "waiting";
    mark(step, { dueAt: event.until });
    // While other steps are running, the transaction does not wait yet.
    if (isBeginning && state.running.size > 0) return;
  }
  if (event.for === "signal") {
    if (node.kind !== "wait" || (step.status !== "pending" && step.status !== "waiting")) {
      throw new ImpossibleEvent(`step ${event.step}, which is ${step.status}, cannot wait for a signal`);
    }
    step.status = "waiting";
  }
  // A decision about a running step is wanted only if it has not ended in time.
  if (event.for === "decision" && state.running.has(step)) mark(step, { isOverdue: true });
  if (event.for !== "time") state.rests += 1;
  state.status = "waiting";
  // The last one is the last in order.
  state.waits.delete(event.step);
  state.waits.set(event.step, event);
}

function keepSignal(state: State, event: EventOf<"signalled">): void {
  if (!state.isReady) throw new ImpossibleEvent("a signal arrived before the plan was complete");
  if (state.status === "cancelled" || state.status === "undone") {
    throw new ImpossibleEvent(`a signal arrived when the transaction was ${state.status}`);
  }
  const value = readValue(event);
  checkStepValue(`that waits for ${JSON.stringify(event.signal)}`, value);
  const queue = state.signals.get(event.signal) ?? new Queue();
  queue.add(value);
  state.signals.set(event.signal, queue);
}

function abort(state: State, event: EventOf<"aborted">): void {
  mark(knownStep(state, event.step), { failedTries: undefined });
  state.rests += 1;
  state.status = "aborted";
  state.aborted = event;
}

function answer({ answered }: State, id: string | undefined, refusal?: string): void {
  if (id === undefined) return;
  if (answered.has(id)) throw new ImpossibleEvent(`the request ${id} is answered twice`);
  answered.set(id, refusal);
}

function endRollback(state: State): void {
  if (state.rollback === undefined) throw new ImpossibleEvent('"undone" follows no decision to roll back');
  state.undone = state.rollback;
  state.rollback = undefined;
  state.rests += 1;
  state.status = "undone";
  state.isHeldBack = true;
  state.waits.clear();
}

function resume(state: State, event: EventOf<"resumed">, at: string): void {
  if (!state.isReady) throw new ImpossibleEvent("a run was resumed before the plan was complete");
  if (event.run !== state.runs.length + 1) {
    throw new ImpossibleEvent(`run ${event.run} follows ${state.runs.length} runs`);
  }
  beginRun(state);
  state.isHeldBack = event.part === true;
  noteRetry(state, event.retry);
  state.runs.push({ ...event, at });
  applyModuleChanges(state, event.modules ?? []);
}

/** A worker tries again what has failed; or a person continues it, and what is finished then makes up for earlier tries. */
function noteRetry(state: State, retry: number | undefined): void {
  if (retry !== undefined) {
    if (state.beginsAfter !== "failure" || retry !== state.retries + 1) {
      throw new ImpossibleEvent(`try ${retry} of what has failed follows ${state.retries}`);
    }
    state.retries = retry;
  }
  state.beginsAfter = state.beginsAfter === "failure" && retry === undefined ? "help" : undefined;
}

/** Begins a run: the outcome of every step that was running when its process died is unknown from now on. */
export function beginRun(state: State): void {
  // Called before `resumed` is complete, too, which does not repeat it.
  if (state.begun > state.runs.length) return;
  state.begun = state.runs.length + 1;
  for (const step of state.running) {
    step.status = "unknown";
    dropDraft(step);
    mark(step, { interruptions: (step.marks?.interruptions ?? 0) + 1 });
    if (!isUndoing(step)) mark(step, { isUncertain: true });
  }
  state.running.clear();
  state.beginsAfter = state.status === "aborted" ? "failure" : undefined;
  // Several steps may have used up their attempts in one run, which ended because of the first.
  for (const step of state.failed) if (step.status === "failed") mark(step, { failedTries: undefined });
  state.failed.clear();
  if (state.status === "aborted" || state.status === "pending") state.status = "started";
  if (state.status === "started") state.aborted = undefined;
}

export function applyModuleChanges(state: State, changes: readonly ModuleChange[]): void {
  for (const { module, ...changed } of changes) {
    const entry = state.modules[module];
    if (entry === undefined) throw new ImpossibleEvent(`there is no module ${module}`);
    if (changed.url !== undefined && entry.url === state.home) state.home = changed.url;
    state.modules[module] = { ...entry, ...changed };
  }
}

/** Makes a function that folds records into an empty state. `watch` gets each record before its fold. */
export function foldRecords(
  journal: string,
  state: State,
  watch?: (record: JournalRecord) => void,
): (record: JournalRecord) => void {
  return (record) => {
    watch?.(record);
    // Later records may seem to contradict what is left out here.
    if (record.unknown !== undefined) throw new JournalTooNew(journal, record.unknown, state.library || undefined);
    try {
      for (const event of record.events) applyEvent(state, event, record.at);
    } catch (error) {
      if (!(error instanceof ImpossibleEvent)) throw error;
      throw new JournalDamaged(journal, record.seq + 1, error.message, { cause: error });
    }
  };
}
