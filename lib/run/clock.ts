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
