import type { SeededRandom } from "../../support/seeded_random.ts";
import type { TableFacts } from "../../support/sql/history.ts";
import type { ChaosCounts } from "./chaos_counts.ts";

/** The database of the chaos, and what can be done to it and to the ways to it. */
export interface ChaosWorld extends AsyncDisposable {
  readonly leaseMs: number;
  /** Whether each process may have a clock of its own: processes on different machines. */
  readonly hasClocks: boolean;
  /** The locator of the database for the process with a number. */
  databaseOf(slot: number): string;
  /** Transactions that nobody runs and that have not ended. Nothing if the database cannot be asked now. */
  findIdle(limit: number): Promise<readonly string[]>;
  /** How many transactions have not ended, whoever runs them; nothing if the database cannot be asked now. */
  countOpen(): Promise<number | undefined>;
  readonly harms: readonly Harm[];
  /** What makes writes arrive when others have what they are for, and no more. */
  readonly delays?: readonly Harm[];
  /** Ends what still does harm. */
  heal(): Promise<void>;
  readTables(): Promise<ChaosTables>;
}

/** A process on a machine that is so many times too busy gets its turn so much later. */
const MOST_TIMES_LONGER = 3;

/** A lease of that length on a quiet machine. Where many programs wait for a processor, no heartbeat would be in time for it. */
export function leaseFor(ms: number): number {
  const waiting = (Deno.loadavg()[0] ?? 0) / navigator.hardwareConcurrency;
  return Math.round(ms * Math.min(MOST_TIMES_LONGER, Math.max(1, waiting / 2)));
}

export interface Harm {
  readonly everyMs: number;
  /** Resolves when it is over. Others are done meanwhile. */
  readonly run: (chance: SeededRandom, counts: ChaosCounts) => Promise<void>;
}

/** What the tables say at the end. */
export interface ChaosTables {
  readonly facts: TableFacts;
  /** By the id of the transaction. */
  readonly names: ReadonlyMap<string, string>;
  /** The steps whose effect happens once, a row for each time that it did: their transaction and their id. */
  readonly once: readonly string[];
  /** What a trigger has noticed that must not happen: a write of an owner of earlier times, or a dead worker that revived. */
  readonly forbidden: readonly string[];
}

type Row = Readonly<Record<string, unknown>>;

/** The rows of these columns, of the tables in this order. Times are in milliseconds. */
export const FACT_COLUMNS = {
  transactions: ["id", "name", "status", "queue", "priority", "due_at", "owner", "epoch", "listens", "requests"],
  workers: ["id", "lease_until", "dead"],
  records: ["tx", "seq", "epoch", "data", "sum"],
  inbox: ["id", "tx"],
} as const;

export type FactRows = { readonly [Table in keyof typeof FACT_COLUMNS]: readonly Row[] };

interface OtherRows {
  readonly once: readonly Row[];
  readonly forbidden: readonly Row[];
}

export function toTables(rows: FactRows, { once, forbidden }: OtherRows): ChaosTables {
  return {
    once: once.map(({ tx, step }) => `${tx} ${step}`),
    names: new Map(rows.transactions.map(({ id, name }) => [String(id), String(name ?? id)])),
    forbidden: forbidden.map(({ text }) => String(text)),
    facts: {
      transactions: rows.transactions.map((row) => ({
        id: String(row["id"]),
        status: Number(row["status"]),
        queue: String(row["queue"]),
        priority: Number(row["priority"]),
        dueAt: Number(row["due_at"]),
        owner: row["owner"] === null ? undefined : String(row["owner"]),
        epoch: Number(row["epoch"]),
        listens: Number(row["listens"]) % 2 === 1,
        turn: Number(row["listens"]),
        requests: Number(row["requests"]),
      })),
      workers: rows.workers.map((row) => ({
        id: String(row["id"]),
        leaseUntil: Number(row["lease_until"]),
        isDead: Boolean(row["dead"]),
      })),
      records: rows.records.map((row) => ({
        tx: String(row["tx"]),
        seq: Number(row["seq"]),
        epoch: Number(row["epoch"]),
        data: String(row["data"]),
        sum: String(row["sum"]),
      })),
      inbox: rows.inbox.map(({ id, tx }) => ({ id: String(id), tx: String(tx) })),
    },
  };
}
