// Calls no method that a step can replace: the end of that step, and of each later one, would never be noticed.

const NativePromise = Promise;

/** Calls in progress. Their results are kept until they are taken. */
export class InFlight<T> {
  #size = 0;
  #arrived: T[] = [];
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  /** How many are in progress, or have arrived and were not taken. */
  get size(): number {
    return this.#size;
  }

  /** Follows a call. If it rejects, the run cannot continue. */
  async follow(call: Promise<T>): Promise<void> {
    this.#size += 1;
    try {
      const completion = await call;
      this.#arrived[this.#arrived.length] = completion;
    } catch (error) {
      this.#size -= 1;
      this.#failure ??= { error };
    }
    this.#wake?.();
  }

  /** Follows a call that counts only when it has arrived. */
  async expect(call: Promise<T>): Promise<void> {
    try {
      const completion = await call;
      this.#size += 1;
      this.#arrived[this.#arrived.length] = completion;
    } catch (error) {
      this.#failure ??= { error };
    }
    this.#wake?.();
  }

  /** Takes what has arrived, in the order of completion. Throws what a call has rejected with, once. */
  take(): readonly T[] {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure.error;
    const arrived = this.#arrived;
    if (arrived.length === 0) return arrived;
    this.#arrived = [];
    this.#size -= arrived.length;
    return arrived;
  }

  /** Resolves when something has arrived that was not taken. */
  completion(): Promise<void> {
    return new NativePromise((resolve) => this.onCompletion(resolve));
  }

  /** Calls a function when something has arrived that was not taken; at once if it has. Replaces an earlier function. */
  onCompletion(wake: () => void): void {
    if (this.#arrived.length > 0 || this.#failure !== undefined) return wake();
    this.#wake = () => {
      this.#wake = undefined;
      wake();
    };
  }
}
