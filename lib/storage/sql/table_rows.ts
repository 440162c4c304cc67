import type { Release } from "../open_journal.ts";
import type { ListedStatus, TransactionStatus } from "./schema.ts";
import type { Exported } from "../open_journal.ts";

export interface NewWorker {
  readonly id: string;
  readonly leaseMs: number;
  readonly host: string | undefined;
  readonly pid: number;
  /** What tells its process from every other; see `process_identity.ts`. */
  readonly process?: string | undefined;
  readonly library: string;
}

/** Heartbeats, as the thread of the steps sees them. */
export interface Pulse {
  /** When the last good heartbeat was sent, by the clocks of this thread: never later than it was. */
  readonly sent: { readonly wall: number; readonly elapsed: number };
  readonly isDead: boolean;
}

export interface OverdueWorker {
  readonly id: string;
  /** When its lease ends, in any form that compares equal as long as nobody has changed it. */
  readonly lease: string;
  readonly isGone: boolean;
}

/** A transaction as its owner knows it. */
export interface Owned {
  readonly tx: string;
  readonly worker: string;
  readonly epoch: number;
}

export interface Taken {
  readonly id: string;
  readonly epoch: number;
  readonly status: TransactionStatus;
}

/** An owner that opens or closes its inbox. */
export interface Doorkeeper extends Owned {
  /** How often it has done that, this time included: odd when it opens. */
  readonly turn: number;
}

/** A transaction that is to run. `isClaimed`: it was claimed, so that it counts as running already. */
export interface Beginning extends Owned {
  readonly isClaimed: boolean;
}

/** `fenced`: it is no longer this owner's. `full`: its queue lets no more run. */
export type Begun = "begun" | "fenced" | "full";

/** An owner and how many requests it has seen. */
export interface Listener extends Doorkeeper {
  readonly seen: number;
}

export interface RecordRow {
  readonly tx: string;
  readonly seq: number;
  readonly epoch: number;
  /** The line of the file format without its marker and newline. */
  readonly data: string;
  readonly sum: string;
  /** The sum of the record before; empty for the first one. */
  readonly before: string;
}

export type StoredRecord = Pick<RecordRow, "seq" | "epoch" | "data" | "sum">;

export interface NewTransaction {
  readonly id: string;
  readonly name: string | undefined;
  readonly owner: string | undefined;
  /** More records of its plan follow: until its owner gives it up, nobody may claim it. */
  readonly isPartial?: boolean;
  readonly queue: string;
  readonly priority: number;
  /** Undefined: now. */
  readonly dueAt: number | undefined;
  /** What a list says of it, and how many steps it has. */
  readonly release?: Release | undefined;
  readonly library: string;
  readonly home: string;
  readonly record: Pick<RecordRow, "data" | "sum">;
}

/** Who adds transactions. */
export interface Creation {
  /** It owns them, if anybody does. */
  readonly worker: string;
  /** The same for each try, and more than that of any call before. */
  readonly batch: number;
}

/** A transaction that comes from a file: exported until it is settled, and owned. */
export interface ArrivingTransaction
  extends Pick<NewTransaction, "id" | "name" | "queue" | "priority" | "library" | "home" | "record"> {
  readonly owner: string;
  readonly createdAt: number;
  readonly exported: Exported;
}

/** A transaction that leaves for a file. */
export interface Departure {
  readonly owned: Owned;
  /** The last record that the file has. */
  readonly last: Pick<RecordRow, "seq" | "sum">;
  readonly exported: Exported;
  readonly release: Release;
}

export interface Settlement {
  readonly owned: Owned;
  readonly release: Release;
  readonly endedAt: number | undefined;
}

export interface Conclusion {
  readonly record: RecordRow;
  readonly release: Release;
}

export interface Place {
  readonly isOwner: boolean;
  readonly found: Pick<RecordRow, "epoch" | "sum"> | undefined;
}

/** A transaction that is there, and its outcome if nothing is running. */
export interface RowMark {
  readonly id: string;
  readonly mark: string | undefined;
}

export interface ReadLimits {
  readonly maxRows: number;
  readonly maxBytes: number;
}

export interface TransactionRow {
  readonly id: string;
  readonly name: string | undefined;
  readonly status: TransactionStatus;
  readonly queue: string;
  readonly priority: number;
  readonly dueAt: number;
  readonly owner: string | undefined;
  readonly worker: OwnerRow | undefined;
  /** When its owner has taken it. */
  readonly takenAt: number;
  readonly epoch: number;
  readonly requests: number;
  readonly createdAt: number;
  readonly endedAt: number | undefined;
  readonly steps: number;
  readonly finished: number;
  readonly atStep: string | undefined;
  readonly error: string | undefined;
  /** Why workers do not run it, if nobody has run it since. */
  readonly blocked: string | undefined;
  /** What its last owner said of it, if nothing has happened since, as JSON. */
  readonly listing: string | undefined;
  /** Of such a row: when its last record was written. */
  readonly lastAt: number | undefined;
  /** Which file has it, if the status says that one has. */
  readonly exported: Exported | undefined;
}

/** A worker that owns a transaction. */
export interface OwnerRow extends Pick<NewWorker, "host" | "pid" | "process"> {
  readonly leaseUntil: number;
  /** It was declared dead, its lease is over, or its process is known to be dead. */
  readonly isDead: boolean;
}

export function isHeld({ owner, worker }: TransactionRow): boolean {
  return owner !== undefined && worker?.isDead === false;
}

/** The last owner has said how it ended; a crash leaves it ready. */
export function isAtRest({ owner, status }: TransactionRow): boolean {
  return owner === undefined && status !== "ready" && status !== "running";
}

/** Nothing of it is left to run, as its last owner has said. */
export function isOver({ status }: Pick<TransactionRow, "status">): boolean {
  return status === "finished" || status === "cancelled" || status === "undone";
}

export interface Search {
  /** Undefined: those of which only their records tell it, by id. */
  readonly listed: ListedStatus | undefined;
  readonly queue?: string | undefined;
  /** The name contains it; of a transaction without a name, the id. */
  readonly name?: string | undefined;
  /** The error contains it. */
  readonly error?: string | undefined;
  /** The last record is not newer. */
  readonly latest?: number | undefined;
  readonly limit: number;
  /** The last row of the page before. */
  readonly after?: Pick<TransactionRow, "lastAt" | "id"> | undefined;
}

/** A transaction as somebody has seen it: every owner has another epoch. */
export type Seen = Pick<TransactionRow, "id" | "epoch">;

/** What is at rest, and nobody was told. */
export interface Rest extends Pick<TransactionRow, "id" | "name"> {
  /** In which way, and which time that is. */
  readonly rest: string;
  /** Why it is aborted, if the journal does not say it. */
  readonly reason: string | undefined;
}

export interface ClaimUntold {
  /** The numbers of the column. */
  readonly statuses: readonly number[];
  readonly limit: number;
  readonly forMs: number;
}

export interface RequestRow {
  readonly id: string;
  readonly tx: string;
  readonly data: string;
}
