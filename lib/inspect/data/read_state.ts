import type { Event, EventOf } from "../../journal/event.ts";
import { findStep, type State } from "../../state/state.ts";
import { Queue } from "../../state/step_index.ts";
import type { Decision, StepState } from "../../state/step_state.ts";
import { readState as readAndFold } from "../../storage/read_state.ts";
import type { PendingRequest, ReadJournal, Store } from "../../storage/store.ts";
import { type Json, withoutUndefined } from "../../values/json.ts";
import { formatValue } from "../format/format_value.ts";
import type { Redact } from "../redact/redact_secrets.ts";
import { changedModules, type TimedEvent, timedEvent } from "./event_history.ts";
import type { InspectedAttempt } from "./inspected_step.ts";
import type { InspectedRun } from "./inspection.ts";

/** What a journal holds, for a person or program that only looks. */
export interface ReadState {
  readonly state: State;
  /** What the state forgets. */
  readonly story: History;
  /** The values that were cut, as a line of text each. */
  readonly cutValues: ReadonlyMap<StepState, string>;
  readonly read: ReadJournal;
  readonly format: number;
  /** What other processes have sent, and what is among it that is no request. */
  readonly pending: readonly PendingRequest[];
}

interface ReadStateOptions {
  readonly observe?: (event: TimedEvent) => void;
  /** Cuts large values. Without it all are kept. */
  readonly cut?: CutOptions;
}

interface CutOptions {
  /** The approximate number of characters after which a value is cut. */
  readonly longest: number;
  readonly redact: Redact;
}

/** Reads a journal with its history. Takes no lock, writes nothing and imports no user code. */
export async function readState(
  store: Store,
  journal: string,
  { observe, cut }: ReadStateOptions = {},
): Promise<ReadState> {
  const story = new History();
  const cutValues = new Map<StepState, string>();
  const found = await readAndFold(store, journal, {
    keepsValues: true,
    verifiesFirst: observe !== undefined,
    note: (state, event, record) => {
      story.note(state, event, record.at);
      observe?.(timedEvent(state, event, record));
    },
    after: cut && ((state, { events }) => {
      for (const event of events) {
        const step = largeValueOf(state, event, cut.longest);
        if (step?.value === undefined) continue;
        // So that a journal takes no more memory than its steps.
        cutValues.set(step, formatValue(cut.redact(step.value)));
        step.value = undefined;
      }
    }),
  });
  // Afterwards: what was answered meanwhile is in neither of them otherwise.
  return { ...found, story, cutValues, pending: await store.pending(journal) };
}

/** The step to which an event has brought a value that is too long. */
function largeValueOf(state: State, event: Event, longest: number): StepState | undefined {
  if (event.type !== "finished" && (event.type !== "decided" || event.decision !== "done")) return undefined;
  if (event.value === undefined || !isLonger(event.value, longest)) return undefined;
  const step = findStep(state, event.step);
  // The value of a step that has returned a plan tells which steps' values are needed.
  return step?.children === undefined ? step : undefined;
}

/** Stops as soon as it is known. */
function isLonger(value: Json, longest: number): boolean {
  let left = longest;
  const spend = (part: Json): void => {
    left -= typeof part === "string" ? part.length + 2 : 4;
    if (left < 0 || typeof part !== "object" || part === null) return;
    for (const [key, inner] of Object.entries(part)) {
      left -= key.length;
      if (left < 0) return;
      spend(inner);
    }
  };
  spend(value);
  return left < 0;
}

export interface ToldRefusal {
  readonly at: string;
  readonly event: EventOf<"refused">;
}

export interface ToldSignal {
  readonly at: string;
  readonly event: EventOf<"signalled">;
}

/** What a journal tells and the state forgets, because no run depends on it. */
export class History {
  readonly decisions: Decision[] = [];
  cancelledAt: string | undefined;
  /** Requests of other processes that came too late, in order. */
  readonly refused: ToldRefusal[] = [];
  /** The modules that changed before a run, by its number. */
  readonly moduleChanges: Map<number, NonNullable<InspectedRun["modules"]>> = new Map();
  /** Attempts before the last one, by step. */
  readonly #attempts = new Map<string, InspectedAttempt[]>();
  /** Attempts that did not stop at their time limit, by `attemptKey`. */
  readonly #overdue = new Set<string>();
  /** Signals that no wait has taken, in order. */
  readonly untaken: Set<ToldSignal> = new Set();
  /** The same by name: the first is taken first. */
  readonly #queues = new Map<string, Queue<ToldSignal>>();
  /** The last signal that each wait has taken, by step. */
  readonly taken: Map<string, ToldSignal> = new Map();

  /** Notes an event before it is applied to the state. */
  note(state: State, event: Event, at: string): void {
    switch (event.type) {
      case "started":
        if (event.attempt > 1) this.#keepAttempt(state, event.step);
        return;
      case "undoing":
        return this.#keepAttempt(state, event.step);
      case "waiting":
        return this.#noteOverdue(state, event);
      case "signalled":
        return this.#keepSignal({ at, event });
      case "finished":
        return this.#takeSignal(state, event.step);
      case "resumed":
        if (event.modules?.length) this.moduleChanges.set(event.run, changedModules(state, event));
        return;
      case "cancelled":
        this.cancelledAt = at;
        return;
      case "refused":
        this.refused.push({ at, event });
        return;
      case "decided":
        if (event.decision === "rollback" || event.decision === "insert") {
          const { decision, by, why } = event;
          this.decisions.push(withoutUndefined({ decision, at, by, why }));
        }
    }
  }

  /** All attempts of a step, in order; the last one is in the state. */
  attemptsOf(state: State, id: string, isHeld: boolean): readonly InspectedAttempt[] {
    const step = findStep(state, id);
    const last = step && this.#lastAttempt(step, isHeld);
    return [...this.#attempts.get(id) ?? [], ...(last === undefined ? [] : [last])];
  }

  /** @param isHeld A process holds the journal, so what was started is running. */
  #lastAttempt(step: StepState, isHeld: boolean): InspectedAttempt | undefined {
    const { attempts, undoAttempts = 0, startedAt, ms, status, failures, node } = step;
    const isUndo = undoAttempts > 0;
    const attempt = isUndo ? undoAttempts : attempts;
    if (attempt === 0 || startedAt === undefined) return undefined;
    // If the last attempt has failed, its failure is the last one.
    const found = failures?.at(-1);
    const failure = found?.attempt === attempt && (found.undo === true) === isUndo ? found : undefined;
    const isRunning = status === "started" && isHeld;
    const limitMs = node.kind === "step" ? node.options?.timeoutMs : undefined;
    return withoutUndefined<InspectedAttempt>({
      kind: isUndo ? "undo" : "run",
      attempt,
      startedAt,
      ms,
      end: failure !== undefined ? "failed" : ms !== undefined ? "finished" : isRunning ? "started" : "interrupted",
      error: failure?.error,
      overdue: this.#overdue.has(attemptKey(step)) ? withoutUndefined({ limitMs }) : undefined,
    });
  }

  /** While a step is running, a decision about it is needed only if it does not stop at its time limit. */
  #noteOverdue(state: State, { step: id, for: reason }: EventOf<"waiting">): void {
    const step = reason === "decision" ? findStep(state, id) : undefined;
    if (step !== undefined && state.running.has(step)) this.#overdue.add(attemptKey(step));
  }

  #keepSignal(told: ToldSignal): void {
    const { signal } = told.event;
    this.untaken.add(told);
    const queue = this.#queues.get(signal) ?? new Queue();
    queue.add(told);
    this.#queues.set(signal, queue);
  }

  #takeSignal(state: State, id: string): void {
    const node = findStep(state, id)?.node;
    const taken = node?.kind === "wait" ? this.#queues.get(node.signal)?.take() : undefined;
    if (taken === undefined) return;
    this.taken.set(id, taken);
    this.untaken.delete(taken);
  }

  #keepAttempt(state: State, id: string): void {
    const step = findStep(state, id);
    const last = step && this.#lastAttempt(step, false);
    if (last === undefined) return;
    const kept = this.#attempts.get(id) ?? [];
    kept.push(last);
    this.#attempts.set(id, kept);
  }
}

function attemptKey({ node: { id }, attempts, undoAttempts = 0 }: StepState): string {
  return undoAttempts > 0 ? `${id} undo ${undoAttempts}` : `${id} run ${attempts}`;
}
