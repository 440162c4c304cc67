import { DatabaseSync } from "node:sqlite";
import { migrate } from "../../../lib/storage/sqlite/open_database.ts";
import { Tables } from "../../../lib/storage/sqlite/tables.ts";
import { WorkerLocks } from "../../../lib/storage/sqlite/worker_lock.ts";
import { type CommitHead, CommitLog } from "../../support/sql/commit_log.ts";
import type { Commit } from "../../support/sql/history.ts";

const TABLES = ["inbox", "records", "transactions", "queues", "workers"];

/** They change nothing, so they need no transaction. */
const READS = /^(?:find|look|list(?!en)|read|search|count)/;

/** What a call of the database came to. */
export type Answer = { readonly value: unknown } | { readonly error: unknown };

/** The surroundings of one history. */
export interface Surroundings {
  /** What time it is for the database. */
  readonly now: () => number;
  /** Whether the process of a worker is known to be dead. */
  readonly isGone: (worker: string) => boolean;
}

/** A flock that tells that a process is dead. */
class SimulatedLocks extends WorkerLocks {
  readonly #isGone: (worker: string) => boolean;

  constructor(isGone: (worker: string) => boolean) {
    super("");
    this.#isGone = isGone;
  }

  override lock(): void {}
  override unlock(): void {}
  override forget(): void {}
  override isGone(worker: string): boolean {
    return this.#isGone(worker);
  }
}

/** SQLite's own tables and statements, in memory, for one history after the other. */
export class SimulatedDatabase implements Disposable {
  readonly #database = new DatabaseSync(":memory:");
  readonly #log: CommitLog;
  #surroundings: Surroundings = { now: () => 0, isGone: () => false };
  /** One that nothing disturbs. */
  readonly tables: Tables;

  constructor() {
    migrate(this.#database, ":memory:");
    this.#log = new CommitLog(this.#database);
    const locks = new SimulatedLocks((worker) => this.#surroundings.isGone(worker));
    this.tables = new Tables(this.#database, locks, () => this.#surroundings.now());
  }

  /** Empties the tables for another history. */
  begin(surroundings: Surroundings): void {
    this.#surroundings = surroundings;
    for (const table of TABLES) this.#database.exec(`delete from ${table}`);
    this.#log.clear();
  }

  /** Limits a queue. */
  setQueue(name: string, maxRunning: number | undefined, isPaused: boolean, head: CommitHead): void {
    this.#log.begin(head);
    this.#database.prepare(`insert into queues (name, max_running, rate_at, paused) values (?, ?, 0, ?)
      on conflict (name) do update set max_running = excluded.max_running, paused = excluded.paused`)
      .run(name, maxRunning ?? null, isPaused ? 1 : 0);
  }

  /** Whether a worker was declared dead, or forgotten, or its lease is over. */
  isOver(worker: string): boolean {
    const text = "select 1 from workers where id = ? and dead = 0 and lease_until > ?";
    return this.#database.prepare(text).get(worker, this.#surroundings.now()) === undefined;
  }

  get commits(): readonly Commit[] {
    return this.#log.read();
  }

  /** One call, as the thread of the database runs it: what throws has changed nothing. */
  run(head: CommitHead, args: readonly unknown[]): Answer {
    const call: unknown = Reflect.get(this.tables, head.member);
    if (typeof call !== "function") throw new TypeError(`No such call: ${head.member}`);
    const isRead = READS.test(head.member);
    if (!isRead) this.#log.begin(head);
    if (!isRead) this.#database.exec("begin");
    try {
      const value: unknown = call.apply(this.tables, args);
      if (!isRead) this.#database.exec("commit");
      return { value };
    } catch (error) {
      if (!isRead) this.#database.exec("rollback");
      return { error };
    }
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}
