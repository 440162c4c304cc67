import { RETRY_DEFAULTS } from "../../plan/retry_options.ts";
import type { StepState } from "../../state/step_state.ts";

export interface Clock {
  /** The time of day in milliseconds since 1970. It can be set to another time while the run lasts. */
  readonly now: () => number;
  /** Milliseconds since some moment in the past, by a clock that cannot be set. */
  readonly elapsed: () => number;
  /** Waits a number of milliseconds, by a clock that cannot be set. `signal` ends the wait early. */
  readonly delay: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly chance: () => number;
}

/** A timer with a longer time would fire immediately. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  delay,
  chance: () => Math.random(),
};

async function delay(ms: number, signal: AbortSignal): Promise<void> {
  const end = performance.now() + ms;
  for (let left = ms; left > 0 && !signal.aborted; left = end - performance.now()) {
    await waitOnce(Math.min(left, MAX_TIMER_MS), signal);
  }
}

function waitOnce(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}

/** While a machine is suspended, its monotonic clock and timers may stand still. So the wall clock is looked at this often. */
const CHECK_MS = 30_000;

/**
 * Tells when steps are due: as soon as either clock says so. A time from the journal is converted to the monotonic clock when
 * it is first seen, so setting the wall clock back makes no pause longer. Setting it forward, or suspending the machine, ends
 * a pause when the wall clock passes its end, as a resume in another process would.
 */
export class DueClock {
  readonly #dueAt = new Map<StepState, { readonly text: string; readonly time: number }>();
  readonly #clock: Clock;
  #skipsRetryDelay: boolean;

  /** @param skipsRetryDelay Steps do not wait for a retry delay that has begun already. */
  constructor(clock: Clock, skipsRetryDelay: boolean) {
    this.#clock = clock;
    this.#skipsRetryDelay = skipsRetryDelay;
  }

  isDue(step: StepState): boolean {
    if (step.marks?.dueAt === undefined) return true;
    if (this.#skipsRetryDelay && step.node.kind === "step") return true;
    if (this.msLeft(step) > 0) return false;
    this.#dueAt.delete(step);
    return true;
  }

  /** From now on every step waits for its retry delay. */
  endHurry(): void {
    this.#skipsRetryDelay = false;
  }

  msLeft(step: StepState): number {
    const text = step.marks?.dueAt ?? "";
    let due = this.#dueAt.get(step);
    if (due?.text !== text) {
      const left = Math.min(Date.parse(text) - this.#clock.now(), longestPause(step));
      due = { text, time: this.#clock.elapsed() + left };
      this.#dueAt.set(step, due);
    }
    return Math.min(due.time - this.#clock.elapsed(), Date.parse(text) - this.#clock.now());
  }

  leastLeft(steps: readonly StepState[]): number {
    return steps.reduce((least, step) => Math.min(least, this.msLeft(step)), Infinity);
  }

  /** Waits until the first of some steps is due, or the signal is aborted. */
  async waitFor(steps: readonly StepState[], signal: AbortSignal): Promise<void> {
    for (;;) {
      const left = this.leastLeft(steps);
      if (left <= 0 || signal.aborted) return;
      await this.#clock.delay(Math.min(left, CHECK_MS), signal);
    }
  }
}

/** The planned length of a pause, in milliseconds. Setting the clock must not make it longer. */
function longestPause({ node }: StepState): number {
  if (node.kind === "sleep") return node.ms ?? Infinity;
  return (node.kind === "step" ? node.options?.retry?.maxDelayMs : undefined) ?? RETRY_DEFAULTS.maxDelayMs;
}
