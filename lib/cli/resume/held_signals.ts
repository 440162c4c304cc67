import {
  endBySignal,
  isInsisting,
  isRepeated,
  isSignalOfRun,
  listenForStop,
  type StopSignal,
} from "../../process/stop_signals.ts";
import type { CommandIo } from "../frame/command.ts";
import { EXIT } from "../frame/exit_code.ts";

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

/**
 * Watches for a step that ends the process: its exit code would say that all is well. Until it is taken off, the guard puts a
 * code of its own in place of the step's, and says so.
 *
 * @param lastWords Says what else there is to say then.
 * @returns Takes the guard off.
 */
export function guardExit(journal: string, io: CommandIo, lastWords: () => void = () => {}): () => void {
  const tell = () => {
    Deno.exitCode = EXIT.paused;
    io.writeError(
      `error: A step, or a module of one, has ended the process. What was going on is unknown now: inspect ` +
        `${JSON.stringify(journal)}\n`,
    );
    lastWords();
  };
  globalThis.addEventListener("unload", tell);
  return () => globalThis.removeEventListener("unload", tell);
}
