import type { JournalRecord } from "../journal/encode_record.ts";
import type { Fenced } from "../errors/storage_errors.ts";
import type { Event } from "../journal/event.ts";
import type { Request } from "../journal/request.ts";
import type { Recovered } from "../journal/stored.ts";
import type { NextCommand } from "../errors/journal_error.ts";
import type { Queued } from "../state/state.ts";
import type { StepStatus } from "../state/step_state.ts";
import type { StepDatabase } from "../process/step_context.ts";

/** A journal that this process owns. */
export interface OpenJournal {
  readonly journal: string;
  /** Counts the owners of the journal, so that an append of an earlier one is refused; 0 in a store that does not count. */
  readonly epoch: number;
  readonly distrust?: Distrust | undefined;
  readonly isAtRest: boolean;
  /** A store with columns says that it was finished, cancelled or undone when it was opened. */
  readonly isOver?: boolean;
  /**
   * Aborted when the store notices that this process has lost the journal. The run reads this right before each call of a
   * function: a store whose ownership expires compares its clock then. Does not promise to notice at once.
   */
  readonly lost: AbortSignal;
  readonly inbox: Inbox;

  /** When it is lost: who has it now. Never fails. */
  findOwner?(): Promise<Fenced["owner"]>;

  /** Checks, before anything runs, that the journal can be removed later. Throws `JournalRefused` if it cannot. */
  checkRemovable(): Promise<void>;

  /**
   * Cuts off what a crash left after the last record, and makes room for what will be written. Called once after `open`,
   * before the first append. A crash leaves the same records, and `recover` can be called by the next owner.
   *
   * @returns What was cut off, if anything was.
   * @throws {StorageFull} There is no room to continue. The journal is unchanged.
   */
  recover(options?: RecoverOptions): Promise<Recovered | undefined>;

  /**
   * Appends one record. It is durable when this returns, or when the promise resolves. A crash before that leaves the whole
   * record or none of it. Appends that overlap may share a record; their order is kept.
   *
   * After {@linkcode StorageFull} and {@linkcode Fenced} a store may accept a `last` record where it can do so safely.
   *
   * @throws {TypeError} An event has the wrong form, or `recover` was not called. Nothing is written.
   * @throws {RangeError} The record is too long. Nothing is written.
   * @throws {StorageFull} There is no room. The journal is unchanged.
   * @throws {Fenced} This process has lost the journal, or closed it.
   * @throws {JournalUnwritable} The store failed: whether the record was written is unknown. No further append succeeds.
   */
  append(events: readonly Event[], options?: AppendOptions): void | Promise<void>;

  /**
   * Begins a transaction in the database that holds the journal, for one attempt of a step. Waits while too many are open.
   * Absent where there is no such database, or where others could not use it at the same time.
   *
   * @throws {JournalUnwritable} The database cannot be reached until this process has lost the journal.
   */
  readonly beginTransaction?: () => Promise<StepTransaction>;

  /**
   * Gives the journal up; a second call does nothing. `remove` deletes it, unless this process has lost it. A crash leaves
   * it as it was, without an owner.
   */
  close(options?: CloseOptions): Promise<void>;
}

/** What a step does in the database of the journal. It ends by `commit` or `rollback`. A crash rolls it back. */
export interface StepTransaction {
  /** For the step. It refuses everything as soon as the transaction ends. */
  readonly database: StepDatabase;
  /** The connection was lost: nothing has happened. */
  readonly isLost: boolean;

  /** Nothing has happened. `isBusy`: the step may still be using it. Never rejects. */
  rollback(options?: { readonly isBusy?: boolean }): Promise<void>;

  /**
   * Commits it together with one record, in the order of the appends. If the answer is lost, this finds out what it was. Throws
   * as `append`: after a `RangeError` it is still open, and otherwise it is over.
   */
  commit(events: readonly Event[]): Promise<StepCommit>;
}

/**
 * `lost`: the connection was lost, nothing has happened, and the step can be called again. `refused`: the database did not
 * commit. `ended`: the step has ended the transaction itself, so that some of its work may have happened.
 */
export type StepCommit =
  | { readonly kind: "committed" | "lost" | "ended" }
  | { readonly kind: "refused"; readonly error: unknown };

export interface RecoverOptions {
  /** A run begins, and not only a repair: if this process dies, others may continue the run. */
  readonly runs?: boolean;
}

export interface CloseOptions {
  readonly remove?: boolean;
  /** For a store with columns, unless the last record was appended with one. */
  readonly release?: (() => Release) | undefined;
}

/** What a store with columns shows, and searches, of a journal that nobody owns: the run says it, the store never folds. */
export interface Release {
  /** Undefined: as it was. `ready`: any process may run it as soon as it is due. */
  readonly status: "ready" | "sleeping" | "asking" | "aborted" | "finished" | "cancelled" | "undone" | undefined;
  /** When it is due, if it sleeps: milliseconds since 1970. */
  readonly dueAt?: number | undefined;
  readonly steps?: number | undefined;
  /** How many of the steps are settled. */
  readonly finished?: number | undefined;
  /** The step at which it stands. */
  readonly atStep?: string | undefined;
  readonly error?: string | undefined;
  /** What a list says of it. The store knows better when its first and its last record were written. */
  readonly listing?: Listing | undefined;
  /** In which way it is at rest, and which time that is: see `Notices`. */
  readonly rest?: string | undefined;
}

/** What a list of journals says about one. Its text is as the journal has it, and may be hostile. */
export interface Listing {
  /** As a reader sees it. */
  readonly status: string;
  /** URL of the home module, where it is now. */
  readonly home?: string;
  /** When its first record was written, as an ISO date. */
  readonly openedAt?: string;
  /** When its last record was written, as an ISO date. */
  readonly lastAt?: string;
  /** The author's name for it, in a database. */
  readonly name?: string;
  /** If it was enqueued: where, and for when. */
  readonly queued?: Queued;
  /** How many steps are finished or left out, of how many. */
  readonly progress?: { readonly done: number; readonly all: number };
  /** The step that failed, needs a decision, or runs, by its name or its function's. */
  readonly step?: { readonly id: string; readonly name: string; readonly status: StepStatus };
  /** Why it does not continue, in a few words. */
  readonly reason?: string;
  /** It is aborted, and workers may try it again: not before `at`, an ISO date. */
  readonly retry?: { readonly at: string; readonly number: number; readonly most: number };
  /** What to type next. As long as nobody knows under which name, the journal is `ANY_JOURNAL`. */
  readonly next: readonly NextCommand[];
}

export interface AppendOptions {
  /** The number of steps that run after this record, 1 by default. Each will want to write its end. */
  readonly stepsInFlight?: number;
  /** Nothing will run after this record: it may use the room that is kept for the end. */
  readonly last?: boolean;
  /** A store with columns gives the journal up together with this record, so that no crash can come between. */
  readonly release?: (() => Release) | undefined;
}

/** Why what a journal names should not be run before a person has looked at it. */
export interface Distrust {
  /** A sentence without its full stop. */
  readonly reason: string;
  /** Another user can have written it; otherwise this process may not find out. */
  readonly isKnown: boolean;
}

/**
 * Requests of other processes to the transaction whose journal this process owns.
 *
 * None is lost: the owner answers it by an event with its id, forgets it when that is durable, and closes the inbox before the
 * record that ends its run. What comes between closing and giving the journal up is read by the next owner, which may be the
 * sender. Every read after a crash passes what was not forgotten: the owner then finds the id in its journal.
 */
export interface Inbox {
  /**
   * Lets requests in, and from then on calls `arrived` when there may be one, possibly for nothing. Called at the beginning
   * of each run, so it must cost next to nothing: a store may let requests in later, but within two seconds.
   */
  listen(arrived: () => void): void;

  /** The owner only waits now: requests are let in at once. */
  hurry(): void;

  /** Called between steps, also by a run in which no timer fires: a store that has to look may do so now, if not each time. */
  glance?(): void;

  /** Requests to this transaction that were not forgotten, in the order in which they were sent. */
  read(transaction: string): Promise<readonly Request[]>;

  /** Forgets requests that are answered by durable events. A crash may bring them back. */
  forget(requests: readonly Request[]): Promise<void>;

  /**
   * Lets no request in any more, until the next `listen`. Returns `false`, and stays open, if there is a request to this
   * transaction that was not forgotten.
   */
  close(transaction: string): Promise<boolean>;
}

/**
 * Moves of journals between a store and files. A file and an exported journal are one transaction: as long as the store calls
 * it exported, it runs nothing of it. Each member is durable when its promise resolves, and harmless if it is called again.
 */
export interface Moves {
  /** Passes the records on as lines, some at a time, without owning the journal. */
  readLines(name: string): AsyncIterable<readonly RecordLine[]>;

  /**
   * Gives up a journal that this process has opened, and calls it exported, if the last record is still the one that was read.
   * A crash leaves it as it was or exported.
   *
   * @throws {Fenced} This process has lost it, or a late record of the owner before came after it was read.
   */
  depart(open: OpenJournal, to: Exported, release: Release): Promise<void>;

  /** Takes ownership of an exported journal, which stays one. Like `open`. */
  openExported(name: string, apply: (record: JournalRecord) => void): Promise<OpenJournal>;

  /** Creates an exported journal, owned by the caller, with its first record. Throws `JournalExists`. A crash leaves all of it or nothing. */
  createExported(name: string, arrival: Arrival): Promise<OpenJournal>;

  /** Appends lines that follow the last record of an exported journal. A crash leaves a beginning of them. */
  appendLines(open: OpenJournal, lines: readonly RecordLine[]): Promise<void>;

  /** Gives up an exported journal that is complete: it is exported no more. `endedAt`: milliseconds since 1970. */
  settle(open: OpenJournal, release: Release, endedAt: number | undefined): Promise<void>;
}

/** The file that has a journal, and the machine where it was written, as far as they are known. */
export interface Exported {
  readonly file: string | undefined;
  readonly host: string | undefined;
}

/** A record as the file format has it, without the marker before it and the newline after it. */
export interface RecordLine {
  readonly seq: number;
  readonly data: string;
  readonly sum: string;
}

/** A journal that comes from a file. */
export interface Arrival {
  readonly id: string;
  readonly home: string;
  readonly library: string;
  readonly queued: Pick<Queued, "queue" | "priority"> | undefined;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly from: Exported;
  readonly first: RecordLine;
}
