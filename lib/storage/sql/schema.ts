/** The newest version of the tables that this version of the library knows. */
export const SCHEMA_VERSION = 1;

/** So long a dead worker stays in its table: a statement of its that arrives late cannot add it again, as a living one. */
export const DEAD_KEPT_MS = 24 * 60 * 60 * 1000;

/** The statuses of the column, by number. `exported`: a file has it, and nothing here may run it. */
export const STATUSES = [
  "ready",
  "running",
  "sleeping",
  "asking",
  "aborted",
  "finished",
  "cancelled",
  "undone",
  "exported",
] as const;

export type TransactionStatus = (typeof STATUSES)[number];

/**
 * The statuses of a list, as a reader sees them, in the order of the column `listed`: those that need a person come first.
 * A row without a number is one of which only its records tell it: it is running, or its owner died.
 */
export const LISTED = [
  "waiting",
  "aborted",
  "interrupted",
  "pending",
  "cancelled",
  "undone",
  "finished",
] as const;

export type ListedStatus = (typeof LISTED)[number];

/** The number of a status, as the tables have it. */
export function statusNumber(status: TransactionStatus): number {
  return STATUSES.indexOf(status);
}

/** The status of a number. A number that this version does not know is refused. */
export function statusOf(value: unknown): TransactionStatus {
  const status = STATUSES[Number(value)];
  if (status === undefined) {
    throw new TypeError(`The table has a status ${String(value)}, which this version does not know`);
  }
  return status;
}

/** As an index has it: a statement that is to use the index repeats these words. */
export const IS_UNTOLD = "rest <> coalesce(notified, '') and owner is null";

/** How a database writes the types of the columns. */
export interface ColumnTypes {
  readonly id: string;
  readonly text: string;
  readonly time: string;
  readonly small: string;
  readonly int: string;
  /** Milliseconds since 1970, exactly. */
  readonly millis: string;
  readonly real: string;
  readonly flag: string;
  /** After a table: how full its pages are made, for tables whose rows are changed in place. */
  readonly fill: (percent: number) => string;
}

/**
 * The statements that make the tables of each version out of those before, from nothing on: `MIGRATIONS[0]` makes version 1.
 * A dialect runs those that are missing in one transaction, under a lock, each followed by its row in `meta`. Times and
 * most other defaults are written by the statements that insert.
 */
export const MIGRATIONS: readonly ((types: ColumnTypes) => readonly string[])[] = [firstTables];

/**
 * `listens` counts how often the owner has opened or closed its inbox: while it is odd, requests are let in. A statement that
 * arrives late names a number that is over.
 */
/* `creations` and `taken`, of a worker: its last batch of creations, and what of it was there already. */
function firstTables({ id, text, time, small, int, millis, real, flag, fill }: ColumnTypes): readonly string[] {
  return [
    `create table meta (version ${int} primary key, at ${time} not null)`,
    `create table workers (id ${id} primary key, lease_until ${time} not null, dead ${flag} not null,
      started_at ${time} not null, host ${text}, pid ${int} not null, process ${text}, library ${text} not null,
      creations ${int} not null, taken ${text})${fill(50)}`,
    `create table queues (name ${text} primary key, max_running ${int}, rate_tokens ${real}, rate_burst ${real},
      rate_per_s ${real}, rate_at ${time} not null, paused ${flag} not null)${fill(50)}`,
    `create table transactions (id ${id} primary key, name ${text}, status ${small} not null, queue ${text} not null,
      priority ${small} not null, due_at ${time} not null, owner ${id} references workers (id), taken_at ${time},
      epoch ${int} not null, listens ${int} not null, requests ${int} not null, format ${small} not null, library ${text} not null, home ${text} not null,
      created_at ${time} not null, ended_at ${time}, steps ${int} not null, finished ${int} not null,
      at_step ${text}, error ${text}, listed ${small}, last_at ${millis}, listing ${text},
      claims ${int} not null default 0, claim_seq ${int}, blocked ${text},
      rest ${text}, notified ${text}, notifying_until ${time},
      exported_to ${text}, exported_host ${text}, schedule ${text})${fill(85)}`,
    "create unique index transactions_name on transactions (name) where name is not null",
    "create index transactions_ready on transactions (queue, priority, due_at, id) where status = 0",
    // Sleepers are no burden to claims.
    "create index transactions_sleeping on transactions (due_at) where status = 2",
    "create index transactions_running on transactions (queue, owner) where status = 1",
    // What needs a person is counted from time to time, and is little of what is there.
    "create index transactions_stuck on transactions (status, queue) where status in (3, 4)",
    "create index transactions_owned on transactions (owner) where owner is not null",
    "create index transactions_listed on transactions (listed, last_at, id) where listed is not null",
    "create index transactions_unlisted on transactions (id) where listed is null",
    // Which of its transactions are not over, a schedule asks before it fires.
    "create index transactions_scheduled on transactions (schedule) where schedule is not null and status not in (5, 6, 7)",
    // Those at rest of whom nobody was told.
    `create index transactions_untold on transactions (status, id) where ${IS_UNTOLD}`,
    // Of transactions that end so, a notifier is told; of those that ended before, it is not.
    `create table notified_statuses (status ${small} primary key, since ${time} not null)`,
    `create table records (tx ${id} not null, seq ${int} not null, epoch ${int} not null, data ${text} not null,
      sum ${text} not null, primary key (tx, seq))`,
    `create table inbox (id ${id} primary key, tx ${id} not null, at ${time} not null, data ${text} not null)`,
    "create index inbox_tx on inbox (tx, at)",
    `create table schedules (name ${text} primary key, definition ${text} not null, next_at ${time},
      last_at ${time}, paused ${flag} not null, version ${int} not null, memory ${text} not null,
      skips_told ${text}, notifying_until ${time})`,
  ];
}
