/** The ways of being at rest that a notifier can be told of: statuses of a list. */
export const NOTICED = ["waiting", "aborted", "finished", "cancelled", "undone"] as const;

export type NoticedStatus = (typeof NOTICED)[number];

/** Of these, only what ends after a notifier first asked for them is told: an old store may have a million. */
export const ENDINGS: ReadonlySet<NoticedStatus> = new Set<NoticedStatus>(["finished", "cancelled", "undone"]);

/**
 * Which transactions are at rest, and nobody was told. Each time that one asks a person, aborts or ends is told once: one that
 * asks, is answered and asks again is told again, and one that was only edited meanwhile is not.
 *
 * A crash between telling and {@linkcode Notices.noteTold} means that it is told again; nothing else does, and none is lost.
 * One that has continued before anybody was told of it is not told.
 */
export interface Notices {
  /**
   * Finds transactions at rest in one of some statuses of which nobody was told, and keeps them from other processes for a
   * time. What ended before the first call with its status counts as told.
   *
   * @throws {JournalUnwritable} {@linkcode JournalRefused} The store cannot be used.
   */
  claim(request: NoticeRequest): Promise<readonly Untold[]>;

  /** Remembers that a person was told. Durable when it resolves. */
  noteTold(untold: Untold): Promise<void>;

  /** Lets others have it, and this process again, when a number of milliseconds has passed. */
  postpone(untold: Untold, ms: number): Promise<void>;

  /**
   * Keeps from other processes, for `ms`, what a schedule has skipped after a mark of which a person was told last; marks sort in
   * the order of time. Gives that mark, which is empty at first; nothing if it is not before `mark`, or another process tells.
   */
  claimSkips(skips: SkipsOf, ms: number): Promise<string | undefined>;

  /** Remembers that a person was told of what a schedule has skipped up to a mark. Durable when it resolves. */
  noteSkipsTold(skips: SkipsOf): Promise<void>;

  /** Lets others have it, and this process again, when a number of milliseconds has passed. */
  postponeSkips(skips: SkipsOf, ms: number): Promise<void>;
}

/** What a schedule of a database, or of a folder, has skipped up to a mark. */
export interface SkipsOf {
  readonly scope: string;
  readonly schedule: string;
  readonly mark: string;
}

export interface NoticeRequest {
  /** The locator of the database, or the path of the folder. */
  readonly scope: string;
  readonly statuses: ReadonlySet<NoticedStatus>;
  readonly limit: number;
  /** So long no other process gets it, unless it is postponed: milliseconds. */
  readonly forMs: number;
}

/** A transaction that is at rest, and nobody was told. */
export interface Untold {
  readonly journal: string;
  /** Of the transaction. */
  readonly id: string;
  /** As a person would type it. */
  readonly shown: string;
  /** Which time it is, of this transaction: the same until it continues. */
  readonly mark: string;
  /** Why it is aborted, where only the store knows it: no run has recorded an end. */
  readonly reason?: string | undefined;
}

/** No claim and no pause is longer: one that is was made before the clock was set back. */
export const LONGEST_CLAIM_MS = 60 * 60 * 1000;
