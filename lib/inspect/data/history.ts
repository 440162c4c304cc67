import type { Event, EventOf } from "../../journal/event.ts";
import { findStep, type State } from "../../state/state.ts";
import type { Decision, StepState } from "../../state/step_state.ts";
import { attemptKey, type InspectedAttempt, lastInspectedAttempt } from "./inspected_step.ts";
import type { InspectedRun } from "./inspection.ts";

/** A signal, and when it arrived. */
export interface ToldSignal {
  /** When, as an ISO date. */
  readonly at: string;
  /** What was written down. */
  readonly event: EventOf<"signalled">;
}

/**
 * What a journal tells and the state forgets, because nothing that runs depends on it: attempts before the last one, who
 * sent a signal, which modules changed between runs, who decided about the transaction as a whole.
 */
export class History {
  /** Attempts before the last one, by step. */
  readonly attempts: Map<string, InspectedAttempt[]> = new Map();
  /** What was decided about the transaction as a whole. */
  readonly decisions: Decision[] = [];
  /** When it was cancelled. */
  cancelledAt: string | undefined;
  /** What became of modules before a run, by its number. */
  readonly moduleChanges: Map<number, NonNullable<InspectedRun["modules"]>> = new Map();
  /** Attempts that did not stop when they were told to, by `attemptKey`. */
  readonly #overdue = new Set<string>();
  readonly #signals: ToldSignal[] = [];
  /** Signals that no wait has taken, by name: the first is taken first. */
  readonly #waiting: Map<string, ToldSignal[]> = new Map();
  /** The last signal that each wait has taken, by step. */
  readonly #taken: Map<string, ToldSignal> = new Map();

  /** Notes what an event tells that is about to be folded into the state. */
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
        return this.#keepChanges(state, event);
      case "cancelled":
        this.cancelledAt = at;
        return;
      case "decided":
        if (event.decision === "rollback" || event.decision === "insert") {
          const { decision, by, why } = event;
          this.decisions.push({
            decision,
            at,
            ...(by === undefined ? {} : { by }),
            ...(why === undefined ? {} : { why }),
          });
        }
    }
  }

  /** The signals that no wait has taken: of each name the last ones that arrived. */
  untaken(state: State): readonly ToldSignal[] {
    const left = new Map(Array.from(state.signals, ([name, values]) => [name, values.length]));
    return this.#signals.toReversed().filter(({ event: { signal } }) => {
      const count = left.get(signal) ?? 0;
      left.set(signal, count - 1);
      return count > 0;
    }).reverse();
  }

  /** The signal that a wait has taken; nothing if it still waits, or is no wait. */
  takenBy(step: string): ToldSignal | undefined {
    return this.#taken.get(step);
  }

  /** All attempts of a step, in order, with the last one as the state has it. */
  attemptsOf(state: State, id: string, isHeld: boolean): readonly InspectedAttempt[] {
    const step = findStep(state, id);
    const last = step === undefined ? undefined : this.#lastAttempt(step, isHeld);
    return [...this.attempts.get(id) ?? [], ...(last === undefined ? [] : [last])];
  }

  #lastAttempt(step: StepState, isHeld: boolean): InspectedAttempt | undefined {
    return lastInspectedAttempt(step, isHeld, this.#overdue.has(attemptKey(step)));
  }

  /** Of a step that is at work nobody asks how it ended unless it does not come to its end. */
  #noteOverdue(state: State, { step: id, for: reason }: EventOf<"waiting">): void {
    const step = reason === "decision" ? findStep(state, id) : undefined;
    if (step !== undefined && state.running.has(step)) this.#overdue.add(attemptKey(step));
  }

  #keepSignal(told: ToldSignal): void {
    const { signal } = told.event;
    this.#signals.push(told);
    const waiting = this.#waiting.get(signal);
    if (waiting === undefined) this.#waiting.set(signal, [told]);
    else waiting.push(told);
  }

  #takeSignal(state: State, id: string): void {
    const node = findStep(state, id)?.node;
    if (node?.kind !== "wait") return;
    const taken = this.#waiting.get(node.signal)?.shift();
    if (taken !== undefined) this.#taken.set(id, taken);
  }

  #keepChanges(state: State, { run, modules = [] }: EventOf<"resumed">): void {
    if (modules.length === 0) return;
    const changes = modules.map(({ module, url, sha256 }) => {
      const before = state.modules[module]?.url ?? "";
      return {
        url: url ?? before,
        ...(url === undefined ? {} : { from: before }),
        ...(sha256 === undefined ? {} : { sha256 }),
      };
    });
    this.moduleChanges.set(run, changes);
  }

  #keepAttempt(state: State, id: string): void {
    const step = findStep(state, id);
    const last = step === undefined ? undefined : this.#lastAttempt(step, false);
    if (last === undefined) return;
    const kept = this.attempts.get(id);
    if (kept === undefined) this.attempts.set(id, [last]);
    else kept.push(last);
  }
}
