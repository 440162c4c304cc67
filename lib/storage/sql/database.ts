import type { Distrust, Release, StepTransaction } from "../open_journal.ts";
import type { RecordLine } from "../open_journal.ts";
import type { DueDatabase } from "./work/due_database.ts";
import type { ScheduleStatements } from "./work/schedule_rows.ts";
import type {
  ArrivingTransaction,
  Beginning,
  Begun,
  ClaimUntold,
  Conclusion,
  Creation,
  Departure,
  Doorkeeper,
  Listener,
  NewTransaction,
  NewWorker,
  OverdueWorker,
  Owned,
  Place,
  Pulse,
  ReadLimits,
  RecordRow,
  RequestRow,
  Rest,
  RowMark,
  Search,
  Seen,
  Settlement,
  StoredRecord,
  Taken,
  TransactionRow,
} from "./table_rows.ts";

/**
 * What the SQL store asks of a database. The rules stand in this room, once; a dialect (`storage/sqlite/`, and one room for
 * each other database) has the statements. Each member is one atomic statement or transaction: after an error of kind
 * `away` its outcome is unknown, and calling it again with the same arguments must be harmless.
 *
 * What a dialect has to keep:
 * - A list of rows is one statement (or one pipelined write), in the order of `tx`, so that two writers cannot block each other.
 *   The answer has one member for each row, in the order of the rows.
 * - Lists are never empty and hold at most one row for each transaction. Members of the `SqlDatabase` may overlap.
 * - Times are milliseconds since 1970 by the clock of the database. No time of this process is stored.
 * - Conditions are part of the write: owner and epoch, the sum of the record before, the lease of the worker.
 * - Appends and heartbeats do not wait for each other (connections of their own, where there are connections).
 * - Every error is a {@linkcode DatabaseError}.
 */
export interface SqlDatabase extends DueDatabase, ScheduleStatements, AsyncDisposable {
  /** As messages name it: a locator without its `#NAME`, without a password. */
  readonly locator: string;

  /** Why a run should not trust what is in it, where it is a file that other users may write. `isDry`: makes no file. */
  distrust?(options?: { readonly isDry?: boolean }): Distrust | undefined;

  /**
   * Begins a transaction for a step, on a connection that it has for itself. The server ends one in which nothing is asked for
   * `idleMs`, and `lost` ends it at once. A transaction is `away` if it could not begin.
   */
  beginTransaction?(options: { readonly idleMs: number; readonly lost: AbortSignal }): Promise<SqlTransaction>;

  /** Adds this process: a new id for each start, with its lease. */
  addWorker(worker: NewWorker): Promise<void>;

  /** Extends the lease to now + `leaseMs`. False if it is over, or if the worker is dead: the dead never revive. */
  beat(worker: string, leaseMs: number): Promise<boolean>;

  /**
   * Sends heartbeats by itself from a thread of its own, so that a step that blocks this thread does not end the lease.
   * Without this member the store calls {@linkcode SqlDatabase.beat} from time to time. Ends with the database.
   */
  pulse?(worker: string, leaseMs: number, beatMs: number): Pulse;

  /** Ends a worker that owns nothing any more. `isKept`: what has added it may arrive late, so it stays as a dead one. */
  removeWorker(worker: string, isKept: boolean): Promise<void>;

  /**
   * Other workers that are not dead yet, and whose lease is over, or longer than a lease can be: the clock was set back.
   * `isGone`: their process is known to be dead (SQLite: its flock is free), whatever the lease says.
   */
  findOverdue(self: string, leaseMs: number): Promise<readonly OverdueWorker[]>;

  /** Declares workers dead whose lease is still the one that was seen; one that `isGone` in any case. */
  bury(workers: readonly OverdueWorker[]): Promise<void>;

  /** Frees what dead workers own: running becomes ready, other statuses stay, epoch + 1. At most `limit`; returns how many. Dead workers that own nothing may be removed a day later. */
  freeOrphans(limit: number): Promise<number>;

  /** What the table says that a worker owns. */
  findOwned(worker: string): Promise<readonly Owned[]>;

  /**
   * Adds transactions with their first record, under the condition that the lease of the worker is not over. Each batch is
   * executed once, and not after a later one: a try that arrives late adds nothing that was removed meanwhile, and one that
   * follows a lost answer gets that answer. With an owner they have epoch 1, without one epoch 0; for the other columns see `firstValues`. `taken`: the name or the id is there already,
   * unless the very same row is, which another process may own by now.
   */
  create(rows: readonly NewTransaction[], creation: Creation): Promise<readonly ("created" | "taken")[]>;

  /**
   * Finds a transaction by its name; if none has it, by its id; then by a beginning of its id, at least 8 characters.
   * `ambiguous`: several ids begin so.
   */
  find(name: string): Promise<TransactionRow | "ambiguous" | undefined>;

  /**
   * Makes a worker the owner if nobody is, or if the owner was declared dead, and if its own lease is not over: epoch + 1,
   * status as it is, and it does not listen to requests. An exported one is not given. Returns nothing if it could not be taken.
   */
  take(tx: string, worker: string): Promise<Taken | undefined>;

  /**
   * Runs begin: what this owner holds is running from now on, the sweep makes it ready, it listens to requests, as its first
   * turn, and what kept workers from it is forgotten. What was not claimed begins within the limits of its queue, also if that
   * is paused. One that is at a later turn is fenced.
   */
  begin(worker: string, rows: readonly Beginning[]): Promise<readonly Begun[]>;

  /**
   * Appends records: each only while its transaction has this owner and epoch, and if the record before has the sum
   * `before` (for `seq` 0 nothing comes before). What is there already stays. Says of each row whether it was inserted now.
   */
  append(worker: string, rows: readonly RecordRow[]): Promise<readonly boolean[]>;

  /** What is at a place in the table now, and whether the owner is still the owner. Sees what was committed before the call. */
  look(worker: string, rows: readonly Pick<RecordRow, "tx" | "seq" | "epoch">[]): Promise<readonly Place[]>;

  /**
   * Appends the last record of a run and gives its transaction up, in one: only under the conditions of {@linkcode append}.
   * Columns as in {@linkcode leave}, but what is not given of
   * `atStep` and `error` is emptied. Says of each row whether that was done.
   */
  conclude(worker: string, rows: readonly Conclusion[]): Promise<readonly boolean[]>;

  /**
   * Gives a transaction up without a record. Without a status it stays as it is, but running becomes ready, as in the sweep.
   * What is not given of the other columns stays as it is. False if it was not this owner's.
   */
  leave(owned: Owned, release: Release): Promise<boolean>;

  /** As {@linkcode take}, of an exported transaction, which stays one. */
  takeExported(tx: string, worker: string): Promise<Taken | undefined>;

  /** Adds an exported transaction with its first record, owned with epoch 1 and no listener. As {@linkcode create}. */
  arrive(row: ArrivingTransaction, creation: Creation): Promise<"created" | "taken">;

  /**
   * Appends records of one transaction, each after the other, under the conditions of {@linkcode append}. All of them or
   * none; those that are there already count as appended. False: others are there, or it is not this owner's.
   */
  appendLines(owned: Owned, lines: readonly RecordLine[], before: string): Promise<boolean>;

  /**
   * Calls a transaction exported and gives it up, epoch + 1, if its last record is the one that is named; also while a record
   * of an owner before is being written. Of the columns, only those of the progress are written. True also if an earlier call
   * has done it.
   */
  depart(departure: Departure): Promise<boolean>;

  /** Gives an exported transaction up, which is none from now on. All columns are written. True also if an earlier call has done it. */
  settle(settlement: Settlement): Promise<boolean>;

  /** Removes transactions of this owner, the row first, with records and requests. False: it is there, and of another owner. */
  remove(rows: readonly Owned[]): Promise<readonly boolean[]>;

  /** Removes transactions that have ended, have no owner and have had none since they were seen, as {@linkcode remove}. Returns those that were removed. */
  prune(seen: readonly Seen[]): Promise<readonly string[]>;

  /** Reads records in order from `seq` on: at most `maxRows`, and fewer if they are long (about `maxBytes`), but at least one. */
  readRecords(tx: string, seq: number, limits: ReadLimits): Promise<readonly StoredRecord[]>;

  /**
   * Those of some transactions that are there, each with a mark if nobody owns it and it neither runs nor is about to. Each
   * later owner leaves another mark.
   */
  findMarks(ids: readonly string[]): Promise<readonly RowMark[]>;

  /** Finds transactions of one listed status, the one whose last record is the oldest first, `after` a row of an earlier page. */
  search(search: Search): Promise<readonly TransactionRow[]>;

  /** Lists all transactions by their ids, `after` one of an earlier page. */
  list(limit: number, after?: string): Promise<readonly Pick<TransactionRow, "id" | "name">[]>;

  /** How many transactions there are. */
  count(): Promise<number>;

  /**
   * Keeps a request and counts it, if the transaction has an owner that listens. The same id again changes nothing, and is
   * true while the request is there.
   */
  addRequest(request: RequestRow): Promise<boolean>;

  /** Requests are let in. False if this is no longer the owner, or if it is at a later turn. What has no owner never listens. */
  listen(owned: Doorkeeper): Promise<boolean>;

  /** No request is let in from now on. False if it is no longer the owner, has not seen all that came, or is at a later turn. */
  stopListening(rows: readonly Listener[]): Promise<readonly boolean[]>;

  /**
   * From now on calls `arrived` when a request to a transaction may have come, sooner than somebody looks. A call may be
   * missing, so the store looks from time to time.
   */
  onRequest?(arrived: (tx: string) => void): void;

  /** Which transactions of a worker have requests. */
  findRequested(worker: string): Promise<readonly string[]>;

  /** The requests to a transaction, and how many have ever come. */
  readRequests(tx: string): Promise<{ readonly seen: number; readonly requests: readonly RequestRow[] }>;

  /** Removes requests that are in the journal now. */
  removeRequests(ids: readonly string[]): Promise<void>;

  /** What ends with one of these statuses from now on counts as not told. What ended before does not. */
  addNotified(statuses: readonly number[]): Promise<void>;

  /** Finds what is at rest and was not told, and keeps it from other callers for a time. */
  claimUntold(claim: ClaimUntold): Promise<readonly Rest[]>;

  /** A person was told that it is at rest in this way. */
  noteTold(tx: string, rest: string): Promise<void>;

  /** It is claimed again in a number of milliseconds, if it is still at rest in this way. */
  postponeTold(tx: string, rest: string, ms: number): Promise<void>;

  /** See `Notices`. */
  claimSkips(schedule: string, mark: string, ms: number): Promise<string | undefined>;

  /** See `Notices`. */
  noteSkipsTold(schedule: string, mark: string): Promise<void>;

  /** See `Notices`. */
  postponeSkips(schedule: string, ms: number): Promise<void>;
}

/** A transaction of a step, with what the store does in it. */
export interface SqlTransaction extends Omit<StepTransaction, "commit"> {
  /**
   * Appends a record under the conditions of {@linkcode SqlDatabase.append} and commits, in one write: neither happens without
   * the other. It is over afterwards.
   */
  commit(worker: string, row: RecordRow): Promise<CommitAnswer>;

  /** After an answer that is `unknown`: resolves when the server has ended the transaction, and is `away` before. */
  settle(): Promise<void>;
}

/** `fenced`: a condition of the record is not met. `unknown`: the answer was lost. Of the others, see {@linkcode StepCommit}. */
export type CommitAnswer =
  | { readonly kind: "written" }
  | { readonly kind: "fenced" }
  | { readonly kind: "unknown" }
  | { readonly kind: "ended" }
  | { readonly kind: "refused"; readonly error: unknown };

/**
 * - `away`: the database cannot be reached, or is busy for too long. What was asked may have been done or not.
 * - `failed`: its disk failed. What was asked may have been done or not, and is not tried again.
 * - `full`: there is no room. Nothing was done.
 * - `data`: a row cannot be stored. Nothing was done; a list is tried again row by row.
 * - `damaged`: what is stored is not what this library stores there. Nothing was done.
 * - `refused`: it cannot be used so: read-only, no permission, no such table, not a database. Nothing was done.
 */
export type DatabaseTrouble = "away" | "failed" | "full" | "data" | "damaged" | "refused";

export class DatabaseError extends Error {
  override readonly name = "DatabaseError";
  readonly trouble: DatabaseTrouble;

  /** @param message What is wrong, in words, as a sentence without its full stop. */
  constructor(trouble: DatabaseTrouble, message: string, options?: ErrorOptions) {
    super(message, options);
    this.trouble = trouble;
  }
}
