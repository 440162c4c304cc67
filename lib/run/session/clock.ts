export interface Clock {
  /** The time of day in milliseconds since 1970. It can be set to another time while the run lasts. */
  readonly now: () => number;
  /** Milliseconds since some moment in the past, by a clock that cannot be set. */
  readonly elapsed: () => number;
  /** Waits a number of milliseconds, by a clock that cannot be set. `signal` ends the wait early. */
  readonly delay: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly chance: () => number;
}

/** A timer with a longer time would fire immediately. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  delay,
  chance: () => Math.random(),
};

async function delay(ms: number, signal: AbortSignal): Promise<void> {
  const end = performance.now() + ms;
  for (let left = ms; left > 0 && !signal.aborted; left = end - performance.now()) {
    await waitOnce(Math.min(left, MAX_TIMER_MS), signal);
  }
}

function waitOnce(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
