/**
 * The queues of a store, as an operator sees and limits them. Every queue that a transaction has named is there.
 *
 * Limits hold at every moment for all processes together. A run that begins although nobody has claimed it, by `resume`, counts
 * and is refused if its queue is full. A program that runs its own transaction at once counts, and is never refused.
 */
export interface QueueStore {
  /** By name. */
  list(): Promise<readonly Queue[]>;

  /** Changes what is given. The other limits stay. */
  set(name: string, limits: QueueLimits): Promise<QueueChange>;

  /** Workers claim nothing of it any more. What is running continues, and a person can still run what is in it. */
  pause(name: string): Promise<QueueChange>;

  resume(name: string): Promise<QueueChange>;
}

export interface Queue {
  readonly name: string;
  /** The most transactions that run at the same time; nothing without a limit. */
  readonly maxRunning: number | undefined;
  readonly rate: QueueRate | undefined;
  readonly isPaused: boolean;
  /** How many could run now, if there were no limits. */
  readonly due: number;
  readonly running: number;
  /** How many are due later. */
  readonly sleeping: number;
}

/** How many begin or continue to run: at most `burst` at once, and as many more as the time since gives. */
export interface QueueRate {
  readonly perSecond: number;
  readonly burst: number;
}

/** `none` removes a limit. What is left out stays. */
export interface QueueLimits {
  readonly maxRunning?: number | "none" | undefined;
  readonly rate?: QueueRate | "none" | undefined;
}

export interface QueueChange {
  /** No transaction has named it before. */
  readonly isNew: boolean;
}
