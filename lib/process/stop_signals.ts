import { processSlot } from "./process_slot.ts";
import { ignoreFailedWrites } from "./terminal_writes.ts";

/** The signals that ask a process to end; the last says that its terminal was closed. On Windows the first alone does. */
export type StopSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

/** The open runs of this process, of all copies of the library in it. */
interface OpenRuns {
  /** How many there are. */
  count: number;
  /** The signal that they are being stopped by. */
  received: StopSignal | undefined;
  /** Somebody has been told that a step is waited for. */
  isTold?: boolean;
  /** What stopped the last run is about to end the process. */
  isEnding?: boolean;
  /** Runs that have ended and wait for the others. */
  readonly waiting: (() => void)[];
  /** No write to a closed terminal fails until this is called. */
  endForgiving?: () => void;
}

/** A run that a signal stops. */
interface WatchedRun {
  /** Tells whether it has a running step, for which it will wait. */
  readonly hasRunningStep: () => boolean;
  /** Tells whether the run itself is part of a step of another run. */
  readonly isInStep: () => boolean;
  /** Says that it waits for that step: if nothing seems to happen, people press Ctrl-C again, which ends the process at once. */
  readonly tellWaiting: ((signal: StopSignal) => void) | undefined;
}

/** It takes a moment until a signal has its way, in milliseconds. */
const SIGNAL_MS = 500;
/** Windows ends a process whose window is closed within seconds, and cannot raise SIGHUP again. */
const STOP_SIGNALS: readonly StopSignal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Listens for a signal to stop while a run is open. The first lets the running step come to its end; a second ends the
 * process at once, as without this library. A run that is opened while others are being stopped is stopped as well.
 */
export class StopSignals {
  readonly #abort = new AbortController();
  readonly #run: WatchedRun;
  #received: StopSignal | undefined;
  readonly #ignore: () => void;

  /** Starts to listen. */
  constructor(run: WatchedRun) {
    this.#run = run;
    const runs = openRuns();
    runs.count += 1;
    if (runs.count === 1) runs.endForgiving = ignoreFailedWrites();
    this.#ignore = listenForStop((signal) => this.#receive(signal));
    if (runs.received !== undefined) this.#receive(runs.received);
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
   * does that, and the others wait for it: what they would throw might end the process while that one is at work. A run
   * within a step of another does not wait for that other, which waits for its step.
   *
   * @param mayHold What follows may end the process in another way before the signal does: waits a moment for that.
   */
  async end(mayHold: boolean): Promise<void> {
    this.#ignore();
    const runs = openRuns();
    runs.count -= 1;
    if (runs.count === 0) runs.endForgiving?.();
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
      this.#ignore();
      Deno.kill(Deno.pid, signal);
      return;
    }
    this.#received = signal;
    const runs = openRuns();
    // With nothing but a pause going on the run ends at once.
    if (runs.isTold !== true && this.#run.tellWaiting !== undefined && this.#run.hasRunningStep()) {
      runs.isTold = true;
      this.#run.tellWaiting(signal);
    }
    runs.received = signal;
    this.#abort.abort(new DOMException(`The process was told to stop by ${signal}`, "AbortError"));
  }
}

/**
 * Calls a function for each signal that asks the process to end.
 *
 * @returns Ends that.
 */
export function listenForStop(receive: (signal: StopSignal) => void): () => void {
  const isImmune = ignoresHangup();
  const listeners = STOP_SIGNALS.map((signal) => ({
    signal,
    // With nobody listening it would end the process all the same, once another signal is listened for.
    listener: isImmune && signal === "SIGHUP" ? () => {} : () => receive(signal),
  }));
  for (const { signal, listener } of listeners) Deno.addSignalListener(signal, listener);
  return () => {
    for (const { signal, listener } of listeners) Deno.removeSignalListener(signal, listener);
  };
}

/** Of a closed terminal the system tells, and its shell again. */
export function isRepeated(signal: StopSignal, received: StopSignal | undefined): boolean {
  return signal === "SIGHUP" && received !== undefined;
}

/** Somebody who has told the process to end tells it again. */
export function isInsisting(signal: StopSignal, received: StopSignal | undefined): boolean {
  return signal !== "SIGHUP" && received !== undefined && received !== "SIGHUP";
}

/** Lets a signal have its way, and waits a moment for it: what follows may end the process in another way. */
export async function endBySignal(signal: StopSignal): Promise<void> {
  Deno.kill(Deno.pid, signal);
  await new Promise((resolve) => setTimeout(resolve, SIGNAL_MS));
}

/** Tells that the signal which arrives now is no further one, but the one that has stopped the last run. */
export function isSignalOfRun(): boolean {
  return openRuns().isEnding === true;
}

function openRuns(): OpenRuns {
  return processSlot("open-runs", isOpenRuns, () => ({ count: 0, received: undefined, waiting: [] }));
}

function isOpenRuns(value: unknown): value is OpenRuns {
  return typeof value === "object" && value !== null && "count" in value && "received" in value && "waiting" in value;
}

/** What was found out before the first signal was listened for. */
interface Found {
  /** SIGHUP is to be ignored. */
  readonly isIgnored: boolean;
}

const STATUS = "/proc/self/status";
/** In the mask of ignored signals, which is hexadecimal, SIGHUP is the lowest bit. */
const MASK = /^SigIgn:.*[13579bdf]$/m;

/**
 * Tells whether this process was started so that SIGHUP does nothing to it, as `nohup` does. Deno forgets that as soon as
 * any signal is listened for, so ask before. Only Linux can be asked, and only with all permissions; else it is `false`.
 */
function ignoresHangup(): boolean {
  return processSlot("ignores-hangup", isFound, () => ({ isIgnored: readIgnored() })).isIgnored;
}

function readIgnored(): boolean {
  if (Deno.build.os !== "linux") return false;
  // Whoever may read some files only would be asked about this one.
  if (Deno.permissions.querySync({ name: "read", path: STATUS }).state !== "granted") return false;
  try {
    return MASK.test(Deno.readTextFileSync(STATUS));
  } catch {
    return false;
  }
}

function isFound(value: unknown): value is Found {
  return typeof value === "object" && value !== null && "isIgnored" in value && typeof value.isIgnored === "boolean";
}
