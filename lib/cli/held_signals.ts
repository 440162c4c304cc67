import { endBySignal, isSignalOfRun, STOP_SIGNALS, type StopSignal } from "../run/stop_signals.ts";

/**
 * Holds a signal that asks the process to end until the last words are said. A run within the process that is told to stop
 * lets the signal have its way in the end; held, it ends that run and not the process. A second one ends the process after
 * the last words, however long the step at work would take.
 */
export class HeldSignals {
  readonly #lastWords: () => void;
  readonly #listeners = STOP_SIGNALS.map((signal) => ({ signal, listener: () => this.#receive(signal) }));
  #received: StopSignal | undefined;

  /**
   * Starts to listen.
   *
   * @param lastWords Says what is to be said before the process ends.
   */
  constructor(lastWords: () => void) {
    this.#lastWords = lastWords;
    this.#listen();
  }

  /** One has arrived. */
  get hasReceived(): boolean {
    return this.#received !== undefined;
  }

  /** Does something that waits for a person and hears no signal: one has its way at once then. */
  letPass<T>(work: () => T): T {
    this.#ignore();
    try {
      return work();
    } finally {
      this.#listen();
    }
  }

  /** Stops to listen, and lets the signal that arrived have its way. */
  async release(): Promise<void> {
    this.#ignore();
    if (this.#received !== undefined) await endBySignal(this.#received);
  }

  #listen(): void {
    for (const { signal, listener } of this.#listeners) Deno.addSignalListener(signal, listener);
  }

  #ignore(): void {
    for (const { signal, listener } of this.#listeners) Deno.removeSignalListener(signal, listener);
  }

  #receive(signal: StopSignal): void {
    const isSecond = this.#received !== undefined;
    this.#received ??= signal;
    if (!isSecond || isSignalOfRun()) return;
    this.#lastWords();
    void this.release();
  }
}
