import type { Queue, QueueLimits } from "../../work_store.ts";
import type { Owned, Taken } from "../table_rows.ts";

/** What the SQL store asks of a database for workers. The rules of `SqlDatabase` hold for each member. */
export interface DueDatabase {
  /** Where there is something to claim, and when there will be. Changes nothing, and locks nothing. */
  findDue(filter: DueFilter): Promise<DueLook>;

  /** Makes sleepers ready that are due and that nobody owns. Returns the queues that have work. */
  wake(): Promise<readonly string[]>;

  /**
   * Takes transactions that are ready, due and owned by nobody, by priority, due time and id, within the limits of their queues:
   * not more than run at once, and not more than the rate gives, however many claim at the same time. They are running.
   *
   * One that was claimed three times without a record of progress in between is not taken, but aborted. It is among the rows,
   * with that status.
   */
  claim(worker: string, claim: Claim): Promise<readonly ClaimedRow[]>;

  /** Gives up what was claimed and has not begun, as it was: ready, and as if it had not been claimed. */
  giveBack(owned: Owned): Promise<void>;

  /** Says why workers do not run a transaction that nobody owns. */
  block(tx: string, reason: string): Promise<void>;

  /** Counts what there is to do, among what a claim would take. */
  countDue(filter: DueFilter): Promise<DueCounts>;

  /** The workers with this number of a process that were not declared dead. */
  findProcesses(pid?: number): Promise<readonly WorkerProcess[]>;

  /**
   * From now on calls `arrived` when a transaction may have become due, sooner than somebody looks. A call may be missing. The
   * function that is returned ends that.
   */
  onDue?(arrived: () => void): () => void;

  /** Tells other processes that a transaction is due now, if they listen. */
  announceDue?(): void;

  /** All queues by name, with what is in them. */
  listQueues(): Promise<readonly Queue[]>;

  /** Changes the limits of a queue that are given. True if no transaction has named it yet, and it was made. */
  setQueue(name: string, limits: QueueLimits): Promise<boolean>;

  /** Lets workers claim nothing of a queue any more, or lets them again. True as for {@linkcode setQueue}. */
  pauseQueue(name: string, isPaused: boolean): Promise<boolean>;
}

/** Which of the due transactions a worker takes. */
export interface DueFilter {
  /** All by default. */
  readonly queues?: readonly string[] | undefined;
  /** Beginnings of the URL of the home module: one of them. Any by default. */
  readonly homes?: readonly string[] | undefined;
  /** Names of transactions, or their ids if they have none, that are left out. */
  readonly exclude?: readonly string[] | undefined;
}

export interface Claim extends DueFilter {
  readonly queues: readonly string[];
  readonly limit: number;
}

export interface DueLook {
  /** Queues from which something can be claimed now. */
  readonly queues: readonly string[];
  /** Sleepers are due. */
  readonly wakes: boolean;
  /** In how many milliseconds that will be so because of the time alone, as far as that is known. */
  readonly soonMs: number | undefined;
}

/** A transaction that was claimed, or aborted instead. */
export interface ClaimedRow extends Taken {
  readonly name: string | undefined;
  /** How many requests have ever come. */
  readonly requests: number;
}

export interface DueCounts {
  readonly due: number;
  readonly nextDueAt: number | undefined;
  readonly oldestDueAt: number | undefined;
  readonly running: number;
  readonly asking: number;
  readonly aborted: number;
  /** Due, and of another home. */
  readonly untrusted: number;
}

export interface WorkerProcess {
  readonly id: string;
  readonly pid: number;
  readonly process: string | undefined;
}

/** Claimed so often without a record of progress in between, a transaction is aborted. */
export const MAX_CLAIMS = 3;

/** A run that makes no progress has recorded that it began, and no start of a step: those are counted in the journal. */
export const RECORDS_OF_A_START = 1;

/** Why it was aborted, as a list shows it. */
export const POISONED =
  `it was claimed ${MAX_CLAIMS} times, and each time its process ended before it had recorded any progress`;
