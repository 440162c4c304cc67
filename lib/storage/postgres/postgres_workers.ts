import type { NewWorker, OverdueWorker, Owned, Pulse } from "../sql/table_rows.ts";
import type { SqlTransaction } from "../sql/database.ts";
import { Connection } from "./connection.ts";
import { Heartbeat } from "./heartbeat.ts";
import { migrate, readVersion } from "./migrate.ts";
import { isMissingTable } from "./postgres_error.ts";
import type { PostgresPlace } from "./postgres_locator.ts";
import { lists } from "./rows.ts";
import { DEAD_KEPT_MS } from "../sql/schema.ts";
import { numberIn, type Row, textIn } from "../sql/read_row.ts";
import * as sql from "./statements.ts";
import { StepTransactions } from "./step_transactions.ts";

/**
 * A server, and the tables of one schema in it, with the statements about workers and their leases. What waits for a disk
 * does not keep heartbeats and readers waiting: each has a connection of its own, which is made when it is needed.
 */
export class PostgresWorkers {
  readonly locator: string;
  protected readonly place: PostgresPlace;
  /** While one waits for the disk, the other takes the next batch. */
  protected readonly writers: readonly [Connection, Connection];
  protected readonly heart: Connection;
  protected readonly common: Connection;
  /** Told when requests come, and when something is due. Looking for that from time to time shows that it still lives. */
  protected readonly ear: Connection;
  readonly #steps: StepTransactions;
  #heartbeat: Heartbeat | undefined;

  constructor(place: PostgresPlace) {
    const standby = { isUnconfirmed: false };
    this.locator = place.shown;
    this.place = place;
    this.common = new Connection(place, standby);
    const keepsPlans = true;
    this.writers = [new Connection(place, standby, { keepsPlans }), new Connection(place, standby, { keepsPlans })];
    this.heart = new Connection(place, standby);
    this.ear = new Connection(place, standby, { keepsPlans });
    this.#steps = new StepTransactions({ place, standby, common: this.common });
  }

  /** Refuses tables of a newer version, and of something else. */
  async check(): Promise<void> {
    await readVersion(this.common, this.place);
  }

  async addWorker({ id, leaseMs, host, pid, process, library }: NewWorker): Promise<void> {
    await migrate(this.common, this.place);
    await this.heart.query(sql.ADD_WORKER, id, leaseMs, host, pid, process, library);
  }

  async beat(worker: string, leaseMs: number): Promise<boolean> {
    return (await this.heart.query(sql.BEAT, worker, leaseMs)).length === 1;
  }

  pulse(worker: string, leaseMs: number, beatMs: number): Pulse {
    const beat = () => this.beat(worker, leaseMs);
    const heartbeat = new Heartbeat({ place: this.place, worker, leaseMs, beatMs, beat });
    // One of a worker before, who is dead.
    void this.#heartbeat?.[Symbol.asyncDispose]();
    this.#heartbeat = heartbeat;
    return heartbeat.pulse;
  }

  async removeWorker(worker: string, isKept: boolean): Promise<void> {
    await this.common.query(sql.REMOVE_WORKER, worker, isKept);
  }

  async findOverdue(self: string, leaseMs: number): Promise<readonly OverdueWorker[]> {
    const rows = await this.heart.query(sql.FIND_OVERDUE, self, leaseMs);
    return rows.map((row) => ({ id: textIn(row, "id"), lease: textIn(row, "lease"), isGone: false }));
  }

  async bury(workers: readonly OverdueWorker[]): Promise<void> {
    await this.heart.query(sql.BURY, ...lists(workers, "id", "lease", "isGone"));
  }

  async freeOrphans(limit: number): Promise<number> {
    const freed = await this.heart.query(sql.FREE_ORPHANS, limit);
    if (freed.length < limit) await this.heart.query(sql.FORGET_DEAD, DEAD_KEPT_MS);
    return freed.length;
  }

  async findOwned(worker: string): Promise<readonly Owned[]> {
    const rows = await this.heart.query(sql.FIND_OWNED, worker);
    return rows.map((row) => ({ tx: textIn(row, "id"), worker, epoch: numberIn(row, "epoch") }));
  }

  beginTransaction(options: Parameters<StepTransactions["begin"]>[0]): Promise<SqlTransaction> {
    return this.#steps.begin(options);
  }

  protected writer(): Connection {
    const [one, other] = this.writers;
    return other.load < one.load ? other : one;
  }

  /** Reading makes no tables: where there are none, there is nothing. */
  protected reading(text: string, ...values: readonly unknown[]): Promise<readonly Row[]> {
    return this.readingBy(this.common, text, ...values);
  }

  protected async readingBy(
    connection: Connection,
    text: string,
    ...values: readonly unknown[]
  ): Promise<readonly Row[]> {
    try {
      return await connection.query(text, ...values);
    } catch (error) {
      if (isMissingTable(error)) return [];
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#heartbeat?.[Symbol.asyncDispose]();
    const all = [...this.writers, this.heart, this.common, this.ear];
    await Promise.all([...all, this.#steps].map((one) => one[Symbol.asyncDispose]()));
  }
}
