/** How often what was done. */
export class ChaosCounts {
  readonly #counts = new Map<string, number>();

  add(what: string, times = 1): void {
    this.#counts.set(what, this.of(what) + times);
  }

  of(what: string): number {
    return this.#counts.get(what) ?? 0;
  }

  get entries(): readonly (readonly [what: string, times: number])[] {
    return [...this.#counts].toSorted(([a], [b]) => a < b ? -1 : 1);
  }
}
