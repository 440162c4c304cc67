import { CommitUnknown } from "../../errors/commit_unknown.ts";
import type { StepDatabase } from "../../process/step_context.ts";
import { DatabaseError } from "../sql/database.ts";
import {
  checkPruneOptions,
  decodeOnce,
  encodeOnce,
  endedByWork,
  ONCE_TABLE,
  type OnceOptions,
  PRUNED_AT_ONCE,
  type PruneOnceOptions,
  withOnceKey,
} from "../sql/once_call.ts";
import { SYSTEM_CLOCK, withPatience } from "../sql/patience.ts";
import {
  isIdle,
  isPool,
  listen,
  type PostgresClient,
  type PostgresPool,
  type PostgresRows,
  withClient,
} from "./once_client.ts";
import { isAnswer, isMissingTable, sqlStateOf, toDatabaseError } from "./postgres_error.ts";

const CREATE = [
  `create table if not exists ${ONCE_TABLE} (key text primary key, value text, at timestamptz not null default now())`,
  `create index if not exists ${ONCE_TABLE}_at on ${ONCE_TABLE} (at)`,
];
/** Two that make a table at the same time would meet in the catalog. */
const LOCK_CREATION = "select pg_advisory_xact_lock(7293015546128830)";
const BEGIN = "begin isolation level read committed";
/** Waits for a transaction that has the same key, until that has committed or not. */
const TAKE = `insert into ${ONCE_TABLE} (key) values ($1) on conflict do nothing returning txid_current()::text as tx`;
const FIND = `select value from ${ONCE_TABLE} where key = $1`;
/** Not if the work has ended the transaction that has taken the key. */
const STORE = `update ${ONCE_TABLE} set value = $2 where key = $1 and txid_current()::text = $3 returning 1`;
const PRUNE = `delete from ${ONCE_TABLE} where key in (select key from ${ONCE_TABLE}
  where at <= now() - $1::float8 * interval '1 millisecond' order by at limit $2 for update skip locked)`;

/** So long it is tried to find out what a lost answer said. */
const PATIENCE_MS = 10_000;
const LIMIT_WAITS = `set local lock_timeout = ${PATIENCE_MS}`;

/**
 * Does work in a database exactly once, however often the step that calls this is run: the work, the step's idempotency key
 * and the returned value are committed together, into your database. If the key is there already, the work is not done
 * again, and the stored value is returned. A step that does all of its work so can say `interrupted: "retry"`.
 *
 * The key is kept in the table `resumable_tx_once`, in the first schema of the connection's `search_path`. The table is made
 * when it is needed.
 *
 * @typeParam T What the callback returns. It must be storable, as the value of a step.
 * @typeParam C The connection, as the callback declares it.
 * @param sql A `Pool`, a `Client` or a `PoolClient` of `npm:pg`. A client must be connected and have no transaction open.
 * @param work Gets a connection with an open transaction: of a pool, one of its own; otherwise the client. What it throws is
 * thrown, and nothing has happened.
 * @param options The name, if the step calls this more than once.
 * @returns What the callback returned, now or in an earlier attempt, in its stored form.
 * @throws {CommitUnknown} The answer to the commit was lost. With a pool, this is found out on another connection if possible.
 * @throws {TypeError} No step is running, the client is in a transaction, another call of this step has the same name, the
 * value cannot be stored, or the callback has ended the transaction itself.
 *
 * @example
 * ```ts
 * import { once, type PostgresPool } from "@x/resumable-tx/postgres";
 *
 * // In a module: const pool = new pg.Pool(), and the step function calls addOrder(pool, item).
 * export async function addOrder(pool: PostgresPool, item: string): Promise<number> {
 *   return await once(pool, async (tx) => {
 *     const { rows: [row] } = await tx.query<{ id: number }>("insert into orders (item) values ($1) returning id", [item]);
 *     return row?.id ?? 0;
 *   });
 * }
 * ```
 */
export async function once<T, C = StepDatabase>(
  sql: PostgresPool | PostgresClient,
  work: (tx: C) => T | Promise<T>,
  options: OnceOptions = {},
): Promise<T> {
  return await withOnceKey(options, async (key) => {
    // The client is what the caller has passed, or one of the caller's pool.
    const call = (client: PostgresClient) => runOnce(client, key, () => work(client as C));
    let stored: unknown;
    try {
      stored = await withClient(sql, call);
    } catch (error) {
      if (!(error instanceof CommitUnknown) || !isPool(sql)) throw error;
      stored = await settle(sql, key, error);
    }
    return decodeOnce(key, stored) as T;
  });
}

/** Returns the stored value of the key, after the work if it had none. */
async function runOnce(client: PostgresClient, key: string, work: () => unknown): Promise<unknown> {
  await begin(client);
  let stored: unknown;
  try {
    const taken = await take(client, key);
    if (taken.tx === undefined) stored = taken.value;
    else {
      stored = encodeOnce(await work());
      const { rows } = await client.query(STORE, [key, stored, taken.tx]);
      if (rows.length !== 1) throw endedByWork(key);
    }
  } catch (error) {
    // The first error is the one to report.
    await client.query("rollback").catch(() => {});
    throw error;
  }
  await commit(client);
  return stored;
}

async function begin(client: PostgresClient): Promise<void> {
  let isNested = !isIdle(client);
  const notice = (said: unknown) => isNested ||= sqlStateOf(said) === "25001";
  listen(client, "on", "notice", notice);
  if (!isNested) await client.query(BEGIN).finally(() => listen(client, "off", "notice", notice));
  if (isNested) {
    throw new TypeError(
      "Cannot call once() with a client that is in a transaction: commit it or roll it back first, or pass a Pool",
    );
  }
}

interface TakenKey {
  /** The transaction that has taken the key; otherwise it was there already, with this value. */
  readonly tx?: unknown;
  readonly value?: unknown;
}

/** Takes the key, or finds what is stored. Makes the table if there is none; afterwards a new transaction is open. */
async function take(client: PostgresClient, key: string): Promise<TakenKey> {
  let taken: PostgresRows;
  try {
    taken = await client.query(TAKE, [key]);
  } catch (error) {
    if (!isMissingTable(toDatabaseError(error, "The server"))) throw error;
    await client.query("rollback");
    await createTable(client);
    await client.query(BEGIN);
    taken = await client.query(TAKE, [key]);
  }
  const [row] = taken.rows;
  if (row !== undefined) return { tx: Reflect.get(row, "tx") };
  const [found] = (await client.query(FIND, [key])).rows;
  if (found === undefined) throw new Error(`The key ${JSON.stringify(key)} of ${ONCE_TABLE} was removed meanwhile`);
  return { value: Reflect.get(found, "value") };
}

async function createTable(client: PostgresClient): Promise<void> {
  try {
    for (const text of ["begin", LOCK_CREATION, ...CREATE, "commit"]) await client.query(text);
  } catch (error) {
    await client.query("rollback").catch(() => {});
    // Anything else says itself what is wrong.
    if (!["42501", "3F000", "25006"].includes(sqlStateOf(error) ?? "")) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `Cannot make the table of once(): ${reason}. Let a role that may do it run: ${
        CREATE.join("; ")
      }; grant select, ` +
        `insert, update, delete on ${ONCE_TABLE} to the role of this program`,
      { cause: error },
    );
  }
}

async function commit(client: PostgresClient): Promise<void> {
  try {
    await client.query("commit");
  } catch (error) {
    if (isAnswer(error)) throw error;
    throw new CommitUnknown(error);
  }
}

/** A transaction whose end is unknown may still be committing: one that takes the same key waits for it, a read does not. */
async function settle(pool: PostgresPool, key: string, unknown: CommitUnknown): Promise<unknown> {
  const look = () =>
    withClient(pool, async (client) => {
      await client.query(BEGIN);
      try {
        await client.query(LIMIT_WAITS);
        return await take(client, key);
      } finally {
        await client.query("rollback");
      }
    });
  let found: TakenKey;
  try {
    const asked = () => look().catch((error) => Promise.reject(toDatabaseError(error, "The server")));
    found = await withPatience(asked, (waitedMs) => waitedMs < PATIENCE_MS, SYSTEM_CLOCK);
  } catch (error) {
    throw error instanceof DatabaseError ? unknown : error;
  }
  // Nothing has happened, and what was lost says why.
  if (found.tx !== undefined) throw unknown.cause;
  return found.value;
}

/**
 * Removes old keys of `once`. If a step runs again whose key was removed, its work is done again: keep keys for longer than
 * any transaction stays unfinished.
 *
 * @param sql A `Pool`, a `Client` or a `PoolClient` of `npm:pg`.
 * @param options How old the keys are at least.
 * @returns How many keys were removed.
 * @throws {RangeError} The age is no number of milliseconds.
 *
 * @example
 * ```ts
 * import { type PostgresPool, pruneOnce } from "@x/resumable-tx/postgres";
 *
 * export async function pruneOld(pool: PostgresPool): Promise<number> {
 *   return await pruneOnce(pool, { olderThanMs: 90 * 24 * 60 * 60 * 1000 });
 * }
 * ```
 */
export async function pruneOnce(sql: PostgresPool | PostgresClient, options: PruneOnceOptions): Promise<number> {
  checkPruneOptions(options);
  let removed = 0;
  try {
    for (let count = PRUNED_AT_ONCE; count === PRUNED_AT_ONCE; removed += count) {
      count = (await sql.query(PRUNE, [options.olderThanMs, PRUNED_AT_ONCE])).rowCount ?? 0;
    }
  } catch (error) {
    if (!isMissingTable(toDatabaseError(error, "The server"))) throw error;
  }
  return removed;
}
