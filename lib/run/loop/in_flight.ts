/** Calls that are under way. What they come to is kept until it is taken. */
export class InFlight<T> {
  #size = 0;
  #arrived: T[] = [];
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  /** How many are under way, or have arrived and were not taken. */
  get size(): number {
    return this.#size;
  }

  /** Follows a call that was made. It is not meant to reject: that would be a fault of this library. */
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

  /** Takes a call in that counts as under way only when it has arrived. It never rejects. */
  expect(call: Promise<T>): void {
    call.then((completion) => {
      this.#size += 1;
      this.#arrived.push(completion);
      this.#wake?.();
    });
  }

  /**
   * Takes what has arrived, in the order of completion.
   *
   * @throws What a call has rejected with, once.
   */
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
