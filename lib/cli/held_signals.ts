import {
  endBySignal,
  isInsisting,
  isRepeated,
  isSignalOfRun,
  listenForStop,
  type StopSignal,
} from "../run/stop_signals.ts";

/**
 * Holds a signal that asks the process to end until the last words are said. A run within the process that is told to stop
 * lets the signal have its way in the end; held, it ends that run and not the process. A second one ends the process after
 * the last words, however long the step at work would take, and so does the first one at a question.
 */
export class HeldSignals {
  readonly #lastWords: () => void;
  readonly #ignore: () => void;
  #received: StopSignal | undefined;
  #isAsking = false;

  /**
   * Starts to listen.
   *
   * @param lastWords Says what is to be said before the process ends.
   */
  constructor(lastWords: () => void) {
    this.#lastWords = lastWords;
    this.#ignore = listenForStop((signal) => this.#receive(signal));
  }

  /** One has arrived. */
  get hasReceived(): boolean {
    return this.#received !== undefined;
  }

  /** Asks a person something: nothing is at work then. */
  async whileAsking<T>(ask: () => Promise<T>): Promise<T> {
    this.#isAsking = true;
    try {
      return await ask();
    } finally {
      this.#isAsking = false;
    }
  }

  /** Stops to listen, and lets the signal that arrived have its way. */
  async release(): Promise<void> {
    this.#ignore();
    if (this.#received !== undefined) await endBySignal(this.#received);
  }

  #receive(signal: StopSignal): void {
    if (isRepeated(signal, this.#received)) return;
    const isFurther = isInsisting(signal, this.#received);
    if (!isFurther) this.#received = signal;
    if (!this.#isAsking && (!isFurther || isSignalOfRun())) return;
    this.#lastWords();
    void this.release();
  }
}
