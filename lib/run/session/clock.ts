/** What a run takes its time from, and what it leaves to chance. */
export interface Clock {
  /** What the clock on the wall shows, in milliseconds since 1970. Somebody may set it. */
  readonly now: () => number;
  /** Milliseconds since some moment in the past, by the clock that nobody can set. */
  readonly elapsed: () => number;
  /**
   * Waits, by the clock that nobody can set.
   *
   * @param ms How long, in milliseconds.
   * @param signal Ends the wait early.
   */
  readonly delay: (ms: number, signal: AbortSignal) => Promise<void>;
  /** A number from 0 up to, and without, 1: how much of a pause's jitter is taken. */
  readonly chance: () => number;
}

/** The longest time that a timer takes; a longer one would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The clock of the machine that a run runs on. */
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
