import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import type { NewWorker, OverdueWorker, Owned } from "../sql/table_rows.ts";
import { DEAD_KEPT_MS } from "../sql/schema.ts";
import { numberIn, type Row, textIn } from "../sql/read_row.ts";
import * as sql from "./statements.ts";
import type { WorkerLocks } from "./worker_lock.ts";

export type Value = SQLInputValue | undefined;

/** What `Tables` are made of, and those of its calls that are about workers and their leases. */
export class WorkerTables {
  readonly #database: DatabaseSync;
  protected readonly locks: WorkerLocks;
  protected readonly now: () => number;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync, locks: WorkerLocks, now: () => number = () => Date.now()) {
    this.#database = database;
    this.locks = locks;
    this.now = now;
  }

  addWorker({ id, leaseMs, host, pid, process, library }: NewWorker): void {
    this.locks.lock(id);
    this.run(sql.ADD_WORKER, id, this.now(), leaseMs, host, pid, process, library);
  }

  beat(worker: string, leaseMs: number): boolean {
    return this.run(sql.BEAT, worker, this.now(), leaseMs) === 1;
  }

  removeWorker(worker: string, isKept: boolean): void {
    if (isKept || this.run(sql.REMOVE_WORKER, worker) === 0) this.run(sql.END_WORKER, worker);
    this.locks.unlock(worker);
  }

  findOverdue(self: string, leaseMs: number): OverdueWorker[] {
    const now = this.now();
    return this.all(sql.LIVING_WORKERS, self).flatMap((row) => {
      const id = textIn(row, "id");
      const lease = numberIn(row, "lease_until");
      const isGone = this.locks.isGone(id);
      // One that ends far in the future was made before the clock was set back.
      const isOverdue = lease <= now || lease > now + leaseMs;
      return isGone || isOverdue ? [{ id, lease: String(lease), isGone }] : [];
    });
  }

  bury(workers: readonly OverdueWorker[]): void {
    for (const { id, lease, isGone } of workers) {
      if (this.run(sql.BURY, id, isGone ? 1 : 0, Number(lease)) === 1) this.locks.forget(id);
    }
  }

  freeOrphans(limit: number): number {
    const freed = this.run(sql.FREE_ORPHANS, limit);
    if (freed < limit) this.run(sql.FORGET_DEAD, this.now() - DEAD_KEPT_MS);
    return freed;
  }

  findOwned(worker: string): Owned[] {
    return this.all(sql.FIND_OWNED, worker).map((row) => ({
      tx: textIn(row, "id"),
      worker,
      epoch: numberIn(row, "epoch"),
    }));
  }

  /** Every queue that transactions are in has a row. */
  protected addQueue(name: string, now: number): boolean {
    return this.run(sql.ADD_QUEUE, name, now) === 1;
  }

  protected run(text: string, ...values: Value[]): number {
    return Number(this.statement(text).run(...values.map(orNull)).changes);
  }

  protected get(text: string, ...values: Value[]): Row | undefined {
    return this.statement(text).get(...values.map(orNull));
  }

  protected all(text: string, ...values: Value[]): Row[] {
    return this.statement(text).all(...values.map(orNull));
  }

  protected statement(text: string): StatementSync {
    let statement = this.#statements.get(text);
    if (statement === undefined) this.#statements.set(text, statement = this.#database.prepare(text));
    return statement;
  }
}

function orNull(value: Value): SQLInputValue {
  return value ?? null;
}
