import type { Clock } from "../../lib/run/session/clock.ts";
import type { SeededRandom } from "./seeded_random.ts";

/** A call that waits for a time. */
interface Waiting {
  readonly until: number;
  readonly wake: () => void;
}

/** A process's clock that moves when it is told to, and not otherwise. Chance is repeatable. */
export class VirtualClock implements Clock {
  readonly #chance: SeededRandom;
  readonly #begin: number;
  #passed = 0;
  #suspended = 0;
  #waiting: Waiting[] = [];

  /** @param begin What time it is, in milliseconds since 1970. */
  constructor(begin: number, chance: SeededRandom) {
    this.#begin = begin;
    this.#chance = chance;
  }

  /** What time it is, to the fraction of a millisecond. */
  get time(): number {
    return this.#begin + this.#passed + this.#suspended;
  }

  /** See {@linkcode Clock}. */
  readonly now = (): number => Math.floor(this.time);

  /** See {@linkcode Clock}. A process knows nothing of the time before it. */
  readonly elapsed = (): number => this.#passed;

  /** See {@linkcode Clock}. */
  readonly chance = (): number => this.#chance.below(1000) / 1000;

  /** See {@linkcode Clock}. */
  readonly delay = (ms: number, signal?: AbortSignal): Promise<void> => {
    if (!(ms > 0) || signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        signal?.removeEventListener("abort", wake);
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
        resolve();
      };
      const waiting: Waiting = { until: this.#passed + ms, wake };
      this.#waiting.push(waiting);
      signal?.addEventListener("abort", wake);
    });
  };

  /** Suspends the machine: the time of day moves, and nothing else does. A negative time sets the clock back. */
  suspend(ms: number): void {
    this.#suspended += ms;
  }

  /** How long it is until the next waiting call is woken; undefined if none waits. */
  get msToNext(): number | undefined {
    if (this.#waiting.length === 0) return undefined;
    return Math.min(...this.#waiting.map(({ until }) => until)) - this.#passed;
  }

  /** Lets time pass, and wakes those whose time has come, in any order; no longer than until the next one is woken. */
  pass(ms: number): void {
    const next = this.msToNext ?? Infinity;
    this.#passed = ms < next ? this.#passed + ms : Math.min(...this.#waiting.map(({ until }) => until));
    const due = this.#waiting.filter(({ until }) => until <= this.#passed);
    while (due.length > 0) due.splice(this.#chance.below(due.length), 1)[0]?.wake();
  }
}
