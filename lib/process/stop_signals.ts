import { isObject } from "../values/shape.ts";
import { isHangupIgnored } from "./ignored_hangup.ts";
import { processFact, processSlot } from "./process_slot.ts";

/** The signals that ask a process to end. SIGHUP says that its terminal was closed. On Windows, only SIGINT has this effect. */
export type StopSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

/** The open runs of this process, counted over all copies of the library in it. */
interface OpenRuns {
  count: number;
  /** The signal that stops them. */
  received: StopSignal | undefined;
  /** The user was told that a running step delays the end. */
  isTold?: boolean;
  /** The signal that stopped the last run is about to end the process. */
  isEnding?: boolean;
  /** Continue the runs that have ended and wait for the others. */
  readonly waiting: (() => void)[];
  /** Makes failed writes to a closed terminal fail again. */
  stopIgnoring?: () => void;
}

interface WatchedRun {
  /** Tells whether a step is running, which the run will wait for. */
  readonly hasRunningStep: () => boolean;
  /** Tells whether the run itself is part of a step of another run. */
  readonly isInStep: () => boolean;
  /** Says that the run waits for a step. Otherwise the user would press Ctrl-C again, which ends the process immediately. */
  readonly tellWaiting: ((signal: StopSignal) => void) | undefined;
}

/** The time that a signal may need to end the process, in milliseconds. */
const SIGNAL_MS = 500;
/** If a window is closed, Windows ends its process within seconds. It also cannot raise SIGHUP. */
const STOP_SIGNALS: readonly StopSignal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Listens for stop signals while a run is open. After the first one, the running step may finish; the second one ends the
 * process immediately, as it would without this library. A run that is opened while others are being stopped is stopped too.
 */
export class StopSignals {
  readonly #abort = new AbortController();
  readonly signal: AbortSignal = this.#abort.signal;
  readonly #run: WatchedRun;
  #received: StopSignal | undefined;
  readonly #stopListening: () => void;

  constructor(run: WatchedRun) {
    this.#run = run;
    const runs = openRuns();
    runs.count += 1;
    if (runs.count === 1) runs.stopIgnoring = ignoreFailedWrites();
    this.#stopListening = listenForStop((signal) => this.#receive(signal));
    if (runs.received !== undefined) this.#receive(runs.received);
  }

  get received(): StopSignal | undefined {
    return this.#received;
  }

  /**
   * Stops listening and raises the signal that arrived. If a process has several runs, the last one to end does this,
   * and the others wait for it, because an error that they throw could end the process while a step is running. A run
   * within a step of another run does not wait, because that run waits for its step. If `mayHold`, the following code
   * may end the process before the signal does: then this waits a moment.
   */
  async end(mayHold: boolean): Promise<void> {
    this.#stopListening();
    const runs = openRuns();
    runs.count -= 1;
    if (runs.count === 0) runs.stopIgnoring?.();
    if (this.#received === undefined) return;
    if (runs.count > 0) {
      if (!this.#run.isInStep()) await new Promise<void>((resolve) => runs.waiting.push(resolve));
      return;
    }
    runs.received = undefined;
    runs.isTold = false;
    if (mayHold) {
      runs.isEnding = true;
      await endBySignal(this.#received);
      runs.isEnding = false;
    } else Deno.kill(Deno.pid, this.#received);
    for (const resolve of runs.waiting.splice(0)) resolve();
  }

  #receive(signal: StopSignal): void {
    if (isRepeated(signal, this.#received)) return;
    if (isInsisting(signal, this.#received)) {
      this.#stopListening();
      Deno.kill(Deno.pid, signal);
      return;
    }
    this.#received = signal;
    const runs = openRuns();
    // During a mere delay, the run ends immediately.
    if (runs.isTold !== true && this.#run.tellWaiting !== undefined && this.#run.hasRunningStep()) {
      runs.isTold = true;
      this.#run.tellWaiting(signal);
    }
    runs.received = signal;
    this.#abort.abort(new DOMException(`The process received ${signal}`, "AbortError"));
  }
}

/** Calls a function for each signal that asks the process to end, until the returned function is called. */
export function listenForStop(receive: (signal: StopSignal) => void): () => void {
  const isImmune = isHangupIgnored();
  const ends = STOP_SIGNALS.map((signal) => {
    // Without a listener, SIGHUP would end the process as soon as there is a listener for another signal.
    const listener = isImmune && signal === "SIGHUP" ? () => {} : () => receive(signal);
    Deno.addSignalListener(signal, listener);
    return () => Deno.removeSignalListener(signal, listener);
  });
  return () => ends.forEach((end) => end());
}

/** When a terminal is closed, the system and the shell each send SIGHUP. */
export function isRepeated(signal: StopSignal, received: StopSignal | undefined): boolean {
  return signal === "SIGHUP" && received !== undefined;
}

/** The user asks a second time for the process to end. */
export function isInsisting(signal: StopSignal, received: StopSignal | undefined): boolean {
  return signal !== "SIGHUP" && received !== undefined && received !== "SIGHUP";
}

/** Raises a signal and gives it a moment, because the following code may end the process in another way. */
export async function endBySignal(signal: StopSignal): Promise<void> {
  Deno.kill(Deno.pid, signal);
  await new Promise((resolve) => setTimeout(resolve, SIGNAL_MS));
}

/** Tells whether the signal that arrives now is the one that stopped the last run, and not another one. */
export function isSignalOfRun(): boolean {
  return openRuns().isEnding === true;
}

function openRuns(): OpenRuns {
  const isKind = (value: unknown): value is OpenRuns =>
    isObject(value) && "count" in value && "received" in value && "waiting" in value;
  return processSlot("open-runs", isKind, () => ({ count: 0, received: undefined, waiting: [] }));
}

/**
 * Ignores failed writes to a terminal that was closed, until the returned function is called. Deno would throw: a step
 * that has just done its work would fail because it reports that, and run again.
 */
function ignoreFailedWrites(): () => void {
  // A closed terminal is no longer a terminal, and another run of this process may begin after that.
  if (!processFact("terminal", () => Deno.stdout.isTerminal() || Deno.stderr.isTerminal())) return () => {};
  return wrapWrites((write, written) => {
    const ignore = (error: unknown): unknown => {
      if (!isTerminalGone(error)) throw error;
      // A caller writes again the bytes that were not accepted.
      return written instanceof Uint8Array ? written.length : undefined;
    };
    try {
      const result = write();
      return result instanceof Promise ? result.catch(ignore) : result;
    } catch (error) {
      return ignore(error);
    }
  });
}

/**
 * Wraps every write of this process to the console, `Deno.stdout` and `Deno.stderr`, not to their streams, until the
 * returned function is called. `around` gets the write and its first argument, and returns what the caller gets.
 */
export function wrapWrites(around: (write: () => unknown, written: unknown) => unknown): () => void {
  const places: readonly (readonly [target: object, names: readonly string[]])[] = [
    [console, Object.keys(console)],
    [Deno.stdout, ["write", "writeSync"]],
    [Deno.stderr, ["write", "writeSync"]],
  ];
  const ends = places.flatMap(([target, names]) => names.map((name) => wrapMethod(target, name, around)));
  return () => ends.forEach((end) => end());
}

function wrapMethod(target: object, name: string, around: Parameters<typeof wrapWrites>[0]): () => void {
  const original: unknown = Reflect.get(target, name);
  if (typeof original !== "function") return () => {};
  const wrapped = (...args: readonly unknown[]): unknown =>
    around(() => Reflect.apply(original, target, args), args[0]);
  Reflect.set(target, name, wrapped);
  // A step may have replaced it with a function of its own, which must stay.
  return () => void (Reflect.get(target, name) === wrapped && Reflect.set(target, name, original));
}

/** Tells whether reading from or writing to a terminal failed because the terminal was closed. */
export function isTerminalGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EIO";
}
