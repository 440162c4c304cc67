/** The signals that were sent and not taken yet; of each name the oldest is taken first. */
export class ModelSignals {
  readonly #sent = new Map<string, unknown[]>();

  /** Adds one. */
  send(signal: string, value: unknown): void {
    this.#sent.set(signal, [...this.#sent.get(signal) ?? [], value]);
  }

  /** Takes one; nothing if there is none. */
  take(signal: string): unknown {
    const [value, ...left] = this.#sent.get(signal) ?? [];
    this.#sent.set(signal, left);
    return value;
  }

  /** Which of those that are waited for are not there. */
  missing(awaited: readonly string[]): string[] {
    const wanted = [...awaited];
    for (const [name, values] of this.#sent) {
      for (const _ of values) if (wanted.includes(name)) wanted.splice(wanted.indexOf(name), 1);
    }
    return wanted;
  }
}
