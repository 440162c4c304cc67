import type { DatabaseSync } from "node:sqlite";
import { processSlot } from "../../process/process_slot.ts";
import type { StepContext } from "../../process/step_context.ts";
import {
  checkPruneOptions,
  decodeOnce,
  encodeOnce,
  endedByWork,
  isWeakMap,
  ONCE_TABLE,
  type OnceOptions,
  PRUNED_AT_ONCE,
  type PruneOnceOptions,
  withOnceKey,
} from "../sql/once_call.ts";

const CREATE = `create table if not exists ${ONCE_TABLE} (key text primary key, value text, at integer not null);
  create index if not exists ${ONCE_TABLE}_at on ${ONCE_TABLE} (at)`;
const FIND = `select value from ${ONCE_TABLE} where key = ?1`;
const ADD = `insert into ${ONCE_TABLE} (key, value, at) values (?1, ?2, ?3)`;
const FIND_TABLE = `select 1 from sqlite_schema where type = 'table' and name = '${ONCE_TABLE}'`;
const PRUNE =
  `delete from ${ONCE_TABLE} where key in (select key from ${ONCE_TABLE} where at <= ?1 order by at limit ?2)`;
/** Ends with the transaction, also if the callback begins another one. */
const SAVEPOINT = "resumable_tx_once";

/** So long a database that another process has locked is tried again, besides the timeout of its own. */
const PATIENCE_MS = 30_000;
const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 200;

/** A call that has the connection, and which step has made it. */
interface Busy {
  readonly step: StepContext;
  readonly done: Promise<void>;
}

/**
 * Does work in a database exactly once, however often the step that calls this is run: the work, the step's idempotency key
 * and the returned value are committed together, into your database. If the key is there already, the work is not done
 * again, and the stored value is returned. A step that does all of its work so can say `interrupted: "retry"`.
 *
 * The key is kept in the table `resumable_tx_once`, which is made when it is needed. While the callback awaits something,
 * every statement on this connection belongs to its transaction.
 *
 * @typeParam T What the callback returns. It must be storable, as the value of a step.
 * @param sql An open database, which has no transaction open.
 * @param work Gets the same database, within the transaction. What it throws is thrown, and nothing has happened.
 * @param options The name, if the step calls this more than once.
 * @returns What the callback returned, now or in an earlier attempt, in its stored form.
 * @throws {TypeError} No step is running, the database is in a transaction, another call of this step has the same name, the
 * value cannot be stored, or the callback has ended the transaction itself.
 *
 * @example
 * ```ts
 * import { Transaction } from "@x/resumable-tx";
 * import { once } from "@x/resumable-tx/sqlite";
 * import { DatabaseSync } from "node:sqlite";
 *
 * export async function addOrder(path: string, item: string): Promise<number> {
 *   using database = new DatabaseSync(path);
 *   return await once(database, (tx) => {
 *     tx.exec("create table if not exists orders (id integer primary key, item text)");
 *     return Number(tx.prepare("insert into orders (item) values (?)").run(item).lastInsertRowid);
 *   });
 * }
 *
 * if (import.meta.main) {
 *   const order = await Transaction.run(import.meta, (t) => t.do(addOrder, "orders.db", "tea").with({ interrupted: "retry" }));
 *   console.log(order); // 1
 * }
 * ```
 */
export async function once<T>(
  sql: DatabaseSync,
  work: (tx: DatabaseSync) => T | Promise<T>,
  options: OnceOptions = {},
): Promise<T> {
  return await withOnceKey(
    options,
    (key, step) => inTurn(sql, step, () => run(sql, { key, work, signal: step.signal })),
  );
}

/** Calls of several steps on one connection wait for each other: it has one transaction at a time. */
async function inTurn<T>(sql: DatabaseSync, step: StepContext, call: () => Promise<T>): Promise<T> {
  const all = processSlot("once-databases", isWeakMap<Busy>, () => new WeakMap());
  for (let busy = all.get(sql); busy !== undefined; busy = all.get(sql)) {
    if (busy.step === step) {
      throw new TypeError(
        `Cannot call once() in step ${step.stepId} while another call of it uses the same database: await that one first`,
      );
    }
    await busy.done;
  }
  if (sql.isTransaction) {
    throw new TypeError("Cannot call once() with a database that is in a transaction: commit it or roll it back first");
  }
  const { promise: done, resolve } = Promise.withResolvers<void>();
  all.set(sql, { step, done });
  try {
    return await call();
  } finally {
    all.delete(sql);
    resolve();
  }
}

interface Run<T> {
  readonly key: string;
  readonly work: (tx: DatabaseSync) => T | Promise<T>;
  readonly signal: AbortSignal;
}

async function run<T>(sql: DatabaseSync, { key, work, signal }: Run<T>): Promise<T> {
  await whileLocked(() => sql.exec("begin immediate"), signal);
  try {
    sql.exec(CREATE);
    const found = sql.prepare(FIND).get(key);
    let stored = found?.["value"];
    if (found === undefined) {
      sql.exec(`savepoint ${SAVEPOINT}`);
      const value = await work(sql);
      release(sql, key);
      stored = encodeOnce(value);
      sql.prepare(ADD).run(key, stored, Date.now());
    }
    await whileLocked(() => sql.exec("commit"), signal);
    // What was stored by a call with this key has the type of what that call's work returned.
    return decodeOnce(key, stored) as T;
  } catch (error) {
    if (sql.isTransaction) sql.exec("rollback");
    throw error;
  }
}

function release(sql: DatabaseSync, key: string): void {
  try {
    sql.exec(`release ${SAVEPOINT}`);
  } catch {
    throw endedByWork(key);
  }
}

/** Another process may write for a while. The thread is not blocked for longer than the timeout of the connection. */
async function whileLocked(call: () => void, signal?: AbortSignal): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  for (let pauseMs = FIRST_PAUSE_MS;; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      return call();
    } catch (error) {
      const isLocked = error instanceof Error && /database (?:\S+ )?is locked/.test(error.message);
      if (!isLocked || signal?.aborted === true || performance.now() > end) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/**
 * Removes old keys of `once`. If a step runs again whose key was removed, its work is done again: keep keys for longer than
 * any transaction stays unfinished.
 *
 * @param sql An open database, which has no transaction open.
 * @param options How old the keys are at least.
 * @returns How many keys were removed.
 * @throws {RangeError} The age is no number of milliseconds.
 *
 * @example
 * ```ts
 * import { pruneOnce } from "@x/resumable-tx/sqlite";
 * import { DatabaseSync } from "node:sqlite";
 *
 * using database = new DatabaseSync(":memory:");
 * console.log(await pruneOnce(database, { olderThanMs: 90 * 24 * 60 * 60 * 1000 })); // 0
 * ```
 */
export async function pruneOnce(sql: DatabaseSync, options: PruneOnceOptions): Promise<number> {
  checkPruneOptions(options);
  if (sql.prepare(FIND_TABLE).get() === undefined) return 0;
  const before = Date.now() - options.olderThanMs;
  let removed = 0;
  for (let count = PRUNED_AT_ONCE; count === PRUNED_AT_ONCE; removed += count) {
    await whileLocked(() => count = Number(sql.prepare(PRUNE).run(before, PRUNED_AT_ONCE).changes));
  }
  return removed;
}
