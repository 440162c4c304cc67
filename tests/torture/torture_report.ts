/** The promises that the torture tries to break. */
export const PROMISES = [
  "acknowledged records lost",
  "finished steps repeated",
  "journals refused that a crash alone made",
  "other promises broken",
] as const;

/** One of the promises, in the words of its breach. */
export type Promised = typeof PROMISES[number];

/** How many breaches are kept with details; of more only the number is. */
const MAX_DETAILS = 20;

/** Counts what was tried, and notes what broke. */
export class TortureReport {
  readonly #counts = new Map<string, number>();
  readonly #breaches = new Map<Promised, number>();
  readonly #details: string[] = [];

  /** What was tried and how often, in the order in which it was first counted. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  /** What broke, in words. */
  get details(): readonly string[] {
    return this.#details;
  }

  /** Notes that something was tried. */
  count(what: string, times = 1): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + times);
  }

  /** How often something was tried. */
  countOf(what: string): number {
    return this.#counts.get(what) ?? 0;
  }

  /** Notes a measured value in place of a count: the highest one stays. */
  measure(what: string, value: number): void {
    this.#counts.set(what, Math.max(this.countOf(what), Math.round(value)));
  }

  /** Notes that a promise was broken. */
  breach(promised: Promised, detail: string): void {
    this.#breaches.set(promised, this.breachesOf(promised) + 1);
    if (this.#details.length < MAX_DETAILS) this.#details.push(`${promised}: ${detail}`);
  }

  /** How often a promise was broken. */
  breachesOf(promised: Promised): number {
    return this.#breaches.get(promised) ?? 0;
  }

  /** Fails if anything broke. */
  assertKept(): void {
    if (this.#details.length > 0) throw new Error(`Promises broken:\n${this.#details.join("\n")}`);
  }
}
