import type { Schedules } from "./schedules.ts";
import type { Notices } from "./notices.ts";
import type { Store } from "./store.ts";

/** What a store has for workers. A store leaves out what it cannot keep. */
export interface WorkStore extends Store {
  readonly due: DueWork;
  readonly schedules?: Schedules;
  readonly notices?: Notices;
  /** Limits of the queues. Files have none. */
  readonly queues?: QueueStore;
}

/** Which transactions are due, and which of them this process runs. */
export interface DueWork {
  /**
   * Takes transactions that are due, at most `limit`, for this process: those with the lowest priority number first, then the
   * one that is due for the longest time. Sleepers whose time has come are due. None is taken beyond the limits of its queue.
   *
   * Each is then passed to `open` of the store once, or given back. A crash frees them as any other that its process owns.
   *
   * @throws {JournalUnwritable} {@linkcode JournalRefused} The store cannot be used.
   */
  claim(request: ClaimRequest): Promise<readonly Claimed[]>;

  /** Gives up what was claimed and not opened, as it was. Does nothing if this process does not have it. */
  giveBack(journal: string): Promise<void>;

  /** Says why workers cannot run a transaction that nobody owns. A list shows it until somebody runs it. */
  noteBlocked(journal: string, reason: string): Promise<void>;

  /** What is there to do now and later, among what `request` would take. */
  outlook(request: Omit<ClaimRequest, "limit">): Promise<Outlook>;

  /**
   * From now on calls `arrived` when something may have become due, possibly for nothing. A call may be missing: a worker looks
   * from time to time. The function that is returned ends that.
   */
  listen(arrived: () => void): () => void;

  /** Frees what a process of this machine owned, sooner than its lease ends, if it is known to be dead; or each such process. */
  endDead(pid?: number): Promise<void>;
}

export interface ClaimRequest {
  /** The locator of the database, or the path of the folder. */
  readonly scope: string;
  readonly limit: number;
  /** All by default. */
  readonly queues?: readonly string[] | undefined;
  /** Only transactions whose home begins with one of these URLs. All by default. */
  readonly homes?: readonly string[] | undefined;
  /** Journals that this process could not run a short time ago: as `claim` has named them. */
  readonly exclude?: ReadonlySet<string> | undefined;
  /** Aborted ones are tried again so often, each time after a longer pause. 0 by default. */
  readonly retryFailed?: number | undefined;
}

export interface Claimed {
  /** Passed to `open`, and the same each time that this transaction is claimed. */
  readonly journal: string;
}

export interface Outlook {
  /** How many could be claimed now, if no queue had a limit. */
  readonly due: number;
  /** When the next one of those that sleep is due: milliseconds since 1970. Nothing if none sleeps. */
  readonly nextDueAt: number | undefined;
  /** Since when that one is due that is due for the longest time. Nothing if none is. */
  readonly oldestDueAt: number | undefined;
  /** How many are running, in any process. */
  readonly running: number;
  /** How many need a person. */
  readonly asking: number;
  readonly failed: number;
  /** How many are due, but of a home that `homes` leaves out. */
  readonly untrusted: number;
}

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
