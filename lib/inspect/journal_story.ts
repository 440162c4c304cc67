import type { Event, Signalled } from "../journal/event.ts";
import { findStep, type State } from "../state/state.ts";
import type { Decision } from "../state/step_state.ts";
import { type InspectedAttempt, lastInspectedAttempt } from "./inspected_attempt.ts";

/** A signal, and when it arrived. */
export interface ToldSignal {
  /** When, as an ISO date. */
  readonly at: string;
  /** What was written down. */
  readonly event: Signalled;
}

/**
 * What a journal tells and the state forgets, because nothing that runs depends on it: attempts before the last one, who
 * sent a signal, who decided about the transaction as a whole.
 */
export class JournalStory {
  /** Attempts before the last one, by step. */
  readonly attempts: Map<string, InspectedAttempt[]> = new Map();
  /** What was decided about the transaction as a whole. */
  readonly decisions: Decision[] = [];
  /** When it was cancelled. */
  cancelledAt: string | undefined;
  readonly #signals: ToldSignal[] = [];

  /** Notes what an event tells that is about to be folded into the state. */
  note(state: State, event: Event, at: string): void {
    switch (event.type) {
      case "started":
        if (event.attempt > 1) this.#keepAttempt(state, event.step);
        return;
      case "undoing":
        return this.#keepAttempt(state, event.step);
      case "signalled":
        this.#signals.push({ at, event });
        return;
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

  /** All attempts of a step, in order, with the last one as the state has it. */
  attemptsOf(state: State, id: string, isHeld: boolean): readonly InspectedAttempt[] {
    const step = findStep(state, id);
    const last = step === undefined ? undefined : lastInspectedAttempt(step, isHeld);
    return [...this.attempts.get(id) ?? [], ...(last === undefined ? [] : [last])];
  }

  #keepAttempt(state: State, id: string): void {
    const step = findStep(state, id);
    const last = step === undefined ? undefined : lastInspectedAttempt(step, false);
    if (last === undefined) return;
    const kept = this.attempts.get(id);
    if (kept === undefined) this.attempts.set(id, [last]);
    else kept.push(last);
  }
}
