import { processCounter } from "../values/process_slot.ts";

/** The signals that ask a process to end. Windows knows the first alone. */
export type StopSignal = "SIGINT" | "SIGTERM";

const OPEN_RUNS = "open-runs";
const SIGNALS: readonly StopSignal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];

/**
 * Listens for a signal to stop while a run is open. The first lets the running step come to its end; a second ends the
 * process at once, as without this library.
 */
export class StopSignals {
  readonly #abort = new AbortController();
  #received: StopSignal | undefined;
  readonly #listeners = SIGNALS.map((signal) => ({ signal, listener: () => this.#receive(signal) }));

  /** Starts to listen. */
  constructor() {
    processCounter(OPEN_RUNS).count += 1;
    for (const { signal, listener } of this.#listeners) Deno.addSignalListener(signal, listener);
  }

  /** The signal that arrived, if one did. */
  get received(): StopSignal | undefined {
    return this.#received;
  }

  /** Aborted when one arrives. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /**
   * Stops to listen, and lets the signal that arrived have its way. With several runs in one process the last one to end
   * does that, so that none is cut off while it writes.
   */
  end(): void {
    this.#stopListening();
    const counter = processCounter(OPEN_RUNS);
    counter.count -= 1;
    if (this.#received !== undefined && counter.count === 0) Deno.kill(Deno.pid, this.#received);
  }

  #stopListening(): void {
    for (const { signal, listener } of this.#listeners) Deno.removeSignalListener(signal, listener);
  }

  #receive(signal: StopSignal): void {
    if (this.#received !== undefined) {
      this.#stopListening();
      Deno.kill(Deno.pid, signal);
      return;
    }
    this.#received = signal;
    this.#abort.abort(new DOMException(`The process was told to stop by ${signal}`, "AbortError"));
  }
}
