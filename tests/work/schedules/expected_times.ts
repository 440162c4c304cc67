import type { SkipReason } from "../../../lib/storage/schedules.ts";

/** What a schedule says, as far as it decides what happens to a time. */
export interface Policy {
  /** The times that it names, in order. */
  readonly times: readonly number[];
  readonly missed: "once" | "skip" | "all";
  readonly maxMissed: number;
  readonly withinMs: number;
  readonly overlap: "skip" | "queue" | "allow";
}

/** What has become of a time. */
export type Fate = "fired" | "waits" | SkipReason;

/**
 * Says what has to become of each time of a schedule, by the words of its documentation. It is told what happens, moment by
 * moment; what several workers do at one moment is one thing.
 */
export class ExpectedTimes {
  readonly fates = new Map<number, Fate>();
  #policy: Policy;
  /** Times up to this one are decided. */
  #decided: number;
  #isPaused = false;
  #resumedAt = -Infinity;
  #waiting: number[] = [];

  constructor(policy: Policy, now: number) {
    this.#policy = policy;
    this.#decided = now;
  }

  /** Workers look at a moment, at which an earlier firing is over or not. */
  look(now: number, isOpen: boolean): void {
    let isBusy = isOpen;
    if (!this.#isPaused && !isBusy && this.#waiting.length > 0) {
      this.fates.set(this.#waiting.shift() ?? NaN, "fired");
      isBusy = true;
    }
    const due = this.#due(now);
    for (const at of due) {
      const fate = this.#fate(at, due, now);
      const blocks = fate === "fired" && this.#policy.overlap !== "allow" && (isBusy || this.#waiting.length > 0);
      if (!blocks) this.fates.set(at, fate);
      else if (this.#policy.overlap === "skip") this.fates.set(at, "open");
      else {
        this.fates.set(at, "waits");
        this.#waiting.push(at);
      }
      if (fate === "fired" && !blocks) isBusy = true;
      this.#decided = at;
    }
  }

  #due(now: number): readonly number[] {
    return this.#policy.times.filter((at) => at > this.#decided && at <= now);
  }

  #fate(at: number, due: readonly number[], now: number): "fired" | SkipReason {
    const { missed, maxMissed, withinMs } = this.#policy;
    if (this.#isPaused || at <= this.#resumedAt) return "paused";
    if (now - at > withinMs) return "late";
    if (now - at <= 60_000) return "fired";
    if (missed === "skip") return "missed";
    if (missed === "once") return at === due.at(-1) ? "fired" : "missed";
    const later = due.filter((other) => other > at && now - other > 60_000).length;
    return later < maxMissed ? "fired" : "missed";
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(now: number): void {
    this.#isPaused = false;
    this.#resumedAt = now;
  }

  edit(policy: Policy, now: number): void {
    for (const at of [...this.#waiting, ...this.#due(now)]) this.fates.set(at, "edited");
    const last = Math.max(-Infinity, ...this.fates.keys());
    this.#waiting = [];
    this.#policy = policy;
    this.#decided = Math.max(now, last);
  }
}
