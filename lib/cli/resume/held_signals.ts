import {
  endBySignal,
  isInsisting,
  isRepeated,
  isSignalOfRun,
  listenForStop,
  type StopSignal,
} from "../../process/stop_signals.ts";
import { type CommandIo, writeLines } from "../frame/command.ts";
import { EXIT } from "../frame/exit_code.ts";

/**
 * Holds back a signal that asks the process to end, until the last words are printed. Without this, a run that is stopped by
 * the signal would end the process. A second signal ends the process after the last words, even while a step is running. So
 * does a first signal during a question.
 */
export class HeldSignals {
  readonly #lastWords: () => void;
  readonly #isAsking: () => boolean;
  readonly #ignore: () => void;
  #received: StopSignal | undefined;

  /**
   * @param lastWords Prints what must be printed before the process ends.
   * @param isAsking Tells whether a person is being asked. No step is running then.
   */
  constructor(lastWords: () => void, isAsking: () => boolean) {
    this.#lastWords = lastWords;
    this.#isAsking = isAsking;
    this.#ignore = listenForStop((signal) => this.#receive(signal));
  }

  get hasReceived(): boolean {
    return this.#received !== undefined;
  }

  /** Stops listening. If a signal was held back, it takes effect now. */
  async release(): Promise<void> {
    this.#ignore();
    if (this.#received !== undefined) await endBySignal(this.#received);
  }

  #receive(signal: StopSignal): void {
    if (isRepeated(signal, this.#received)) return;
    const isFurther = isInsisting(signal, this.#received);
    if (!isFurther) this.#received = signal;
    if (!this.#isAsking() && (!isFurther || isSignalOfRun())) return;
    this.#lastWords();
    void this.release();
  }
}

/**
 * Watches for a step that ends the process, since its exit code might say that the transaction has finished. The guard
 * replaces the exit code and prints an error, until it is removed.
 *
 * @param lastWords Prints what else must be printed then.
 * @returns Removes the guard.
 */
export function guardExit(journal: string, io: CommandIo, lastWords: () => void = () => {}): () => void {
  const tell = () => {
    Deno.exitCode = EXIT.paused;
    writeLines(io, [
      "error: A step, or the module of a step, has ended the process. The outcome of running steps is unknown: inspect " +
      JSON.stringify(journal),
    ]);
    lastWords();
  };
  globalThis.addEventListener("unload", tell);
  return () => globalThis.removeEventListener("unload", tell);
}
