import type { Event } from "../../../lib/journal/event.ts";

/** What one must know of a database and of the processes that used it, in order to tell whether all promises were kept. */
export interface SqlHistory {
  /** The rows when nothing happens any more. */
  readonly tables: TableFacts;
  /** All that was committed since the tables were empty, where commits come one after the other. */
  readonly commits?: readonly Commit[];
  /** What was acknowledged to its caller as durable. */
  readonly acknowledged: readonly Acknowledged[];
  /** Calls of steps, as the steps themselves have seen them. */
  readonly calls: readonly StepCall[];
  readonly requests: readonly SentRequest[];
  /** Transactions that were removed on purpose, if there is no list of commits that says so. */
  readonly removed?: ReadonlySet<string>;
  readonly times: { readonly leaseMs: number; readonly beatMs: number };
  /** The clock of the database was never set. */
  readonly isClockSteady: boolean;
  /** Workers whose process has died, and when, by the clock of {@linkcode Commit.elapsed}. */
  readonly deaths: ReadonlyMap<string, number>;
  /** Nothing is running any more, and whatever was sent has arrived. */
  readonly isAtRest: boolean;
}

export interface TableFacts {
  readonly transactions: readonly TransactionFact[];
  readonly workers: readonly WorkerFact[];
  readonly records: readonly RecordFact[];
  readonly inbox: readonly InboxFact[];
}

export interface TransactionFact {
  readonly id: string;
  /** By number, as in the table. */
  readonly status: number;
  readonly queue: string;
  readonly priority: number;
  readonly dueAt: number;
  readonly owner: string | undefined;
  readonly epoch: number;
  readonly listens: boolean;
  /** How often its owner has opened or closed its inbox. */
  readonly turn: number;
  readonly requests: number;
  /** How often it was claimed in a row. */
  readonly claims?: number;
}

export interface WorkerFact {
  readonly id: string;
  readonly leaseUntil: number;
  readonly isDead: boolean;
}

export interface RecordFact {
  readonly tx: string;
  readonly seq: number;
  readonly epoch: number;
  readonly data: string;
  readonly sum: string;
}

export interface InboxFact {
  readonly id: string;
  readonly tx: string;
}

export interface QueueFact {
  readonly name: string;
  readonly maxRunning: number | undefined;
  readonly isPaused: boolean;
}

/** One row before and after; without `old` it was inserted, without `row` deleted. */
interface Changed<Row> {
  readonly old?: Row;
  readonly row?: Row;
}

export type Change =
  | { readonly table: "transactions" } & Changed<TransactionFact>
  | { readonly table: "workers" } & Changed<WorkerFact>
  | { readonly table: "records" } & Changed<RecordFact>
  | { readonly table: "inbox" } & Changed<InboxFact>
  | { readonly table: "queues" } & Changed<QueueFact>;

/** What became true together. */
export interface Commit {
  /** When, by the clock of the database. */
  readonly at: number;
  /** When, by a clock that nobody sets. */
  readonly elapsed: number;
  /** The member of `SqlDatabase` that was called. */
  readonly member: string;
  /** The worker that has called it, if it says so. */
  readonly sender: string | undefined;
  /** What the sender says it owns: the epochs, by the id of the transaction. */
  readonly owned: ReadonlyMap<string, number>;
  readonly changes: readonly Change[];
}

/** An event whose append was acknowledged. */
export interface Acknowledged {
  readonly tx: string;
  readonly event: Event;
}

export interface StepCall {
  readonly tx: string;
  readonly step: string;
  readonly attempt: number;
  /** Of the owner that has called it, if that is known. */
  readonly epoch?: number;
  /** Whether the table named this owner when the step was called. */
  readonly wasOwner?: boolean;
}

export interface SentRequest {
  readonly id: string;
  readonly tx: string;
  readonly outcome: "acknowledged" | "refused" | "unknown";
}

/** One way in which a promise was broken. */
export interface Violation {
  /** The promise, in a few words. */
  readonly rule: string;
  readonly detail: string;
}
