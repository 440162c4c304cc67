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

  /** Follows a call. If it rejects, that is a fault of this library. */
  follow(call: Promise<T>): void {
    this.#size += 1;
    call.then((completion) => {
      this.#arrived.push(completion);
      this.#wake?.();
    }, (error) => {
      this.#size -= 1;
      this.#failure ??= { error };
      this.#wake?.();
    });
  }

  /** Follows a call that counts only when it has arrived. It never rejects. */
  expect(call: Promise<T>): void {
    call.then((completion) => {
      this.#size += 1;
      this.#arrived.push(completion);
      this.#wake?.();
    });
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
    if (this.#arrived.length > 0 || this.#failure !== undefined) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined;
        resolve();
      };
    });
  }
}
