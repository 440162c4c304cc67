import type { Queue, QueueLimits } from "../work_store.ts";
import {
  type Claim,
  type ClaimedRow,
  type DueCounts,
  type DueFilter,
  type DueLook,
  MAX_CLAIMS,
  POISONED,
  type WorkerProcess,
} from "../sql/work/due_database.ts";
import {
  listIn,
  numberIn,
  optionalNumberIn,
  optionalTextIn,
  textIn,
  toCounts,
  toQueue,
  toTaken,
} from "../sql/read_row.ts";
import type { Beginning, Begun, Owned } from "../sql/table_rows.ts";
import * as sql from "./due_statements.ts";
import { PostgresMoves } from "./postgres_moves.ts";
import { idsOf, lists } from "./rows.ts";
import { NOTIFY } from "./statements.ts";

const MAX_WOKEN = 1000;
/** One for all stores of a database: which is meant is in the message. */
export const CHANNEL = "resumable_tx";
/** What a message has in the place of a transaction's id when something is due. */
const DUE = "due";

/** The members of `SqlDatabase` about what is due, and in which queue. */
export class PostgresQueues extends PostgresMoves {
  readonly #dueListeners = new Set<() => void>();
  #requested: ((tx: string) => void) | undefined;
  #isHearing = false;
  #isUntold = false;
  #announcement: Promise<void> | undefined;

  async findDue({ queues, homes, exclude }: DueFilter): Promise<DueLook> {
    // By the connection that listens: the look shows that it still lives.
    const [row] = await this.readingBy(this.ear, sql.FIND_DUE, queues, homes, exclude);
    if (row === undefined) return { queues: [], wakes: false, soonMs: undefined };
    const names = listIn(row, "queues");
    return { queues: names, wakes: row["wakes"] === true, soonMs: optionalNumberIn(row, "soon_ms") };
  }

  async wake(): Promise<readonly string[]> {
    return [...idsOf(await this.ear.query(sql.WAKE, MAX_WOKEN), "queue")];
  }

  async claim(worker: string, { queues, limit, homes, exclude }: Claim): Promise<readonly ClaimedRow[]> {
    // It takes longer to plan than to run.
    const rows = await this.ear.transaction([
      { text: sql.LOCK_QUEUES, values: [queues] },
      { text: sql.CLAIM, values: [worker, queues, limit, homes, exclude, MAX_CLAIMS, POISONED] },
    ]);
    return (rows[1] ?? []).map((row) => {
      return { ...toTaken(row), name: optionalTextIn(row, "name"), requests: numberIn(row, "requests") };
    });
  }

  async begin(worker: string, rows: readonly Beginning[]): Promise<readonly Begun[]> {
    const statement = { text: sql.BEGIN_RUNS, values: [worker, ...lists(rows, "tx", "epoch")] };
    const unclaimed = rows.filter(({ isClaimed }) => !isClaimed).map(({ tx }) => tx);
    const answers = unclaimed.length === 0
      ? await this.writer().query(statement.text, ...statement.values)
      : (await this.common.transaction([{ text: sql.LOCK_LIMITS, values: [unclaimed] }, statement]))[1] ?? [];
    const begun = new Map(answers.map((row) => [textIn(row, "id"), row["begun"]]));
    return rows.map(({ tx }) => {
      const answer = begun.get(tx);
      return answer === "begun" || answer === "full" ? answer : "fenced";
    });
  }

  async giveBack({ tx, worker, epoch }: Owned): Promise<void> {
    await this.common.query(sql.GIVE_BACK, tx, worker, epoch);
  }

  async block(tx: string, reason: string): Promise<void> {
    await this.common.query(sql.BLOCK, tx, reason);
  }

  async countDue({ queues, homes, exclude }: DueFilter): Promise<DueCounts> {
    const [row] = await this.reading(sql.COUNT_DUE, queues, homes, exclude);
    return toCounts(row);
  }

  async findProcesses(pid?: number): Promise<readonly WorkerProcess[]> {
    const rows = await this.reading(sql.FIND_PROCESSES, pid);
    return rows.map((row) => ({
      id: textIn(row, "id"),
      pid: Number(row["pid"]),
      process: optionalTextIn(row, "process"),
    }));
  }

  onDue(arrived: () => void): () => void {
    this.#dueListeners.add(arrived);
    this.#hear();
    return () => void this.#dueListeners.delete(arrived);
  }

  /** After the commit: within, all commits that notify would wait for one another. If it fails, workers look later. */
  announceDue(): void {
    this.#isUntold = true;
    this.#announcement ??= this.#announce().finally(() => this.#announcement = undefined);
  }

  /** What is committed while one is on its way needs another. */
  async #announce(): Promise<void> {
    while (this.#isUntold) {
      this.#isUntold = false;
      await this.common.query(NOTIFY, CHANNEL, `${this.place.schema} ${DUE}`).catch(() => {});
    }
  }

  /** Calls when a request to a transaction has come. */
  protected hear(requested: (tx: string) => void): void {
    this.#requested = requested;
    this.#hear();
  }

  #hear(): void {
    if (this.#isHearing) return;
    this.#isHearing = true;
    const heard = (payload: string) => {
      const [what, schema] = payload.split(" ").toReversed();
      if (what === undefined || schema !== this.place.schema) return;
      if (what !== DUE) return this.#requested?.(what);
      for (const arrived of this.#dueListeners) arrived();
    };
    // It begins with the first look.
    void this.ear.listen({ channel: CHANNEL, heard });
  }

  async listQueues(): Promise<readonly Queue[]> {
    return (await this.reading(sql.LIST_QUEUES)).map((row) => toQueue(row, row["paused"] === true));
  }

  async setQueue(name: string, { maxRunning, rate }: QueueLimits): Promise<boolean> {
    const { perSecond, burst } = typeof rate === "object" ? rate : { perSecond: undefined, burst: undefined };
    const max = maxRunning === "none" ? undefined : maxRunning;
    const values = [name, maxRunning !== undefined, max, rate !== undefined, perSecond, burst];
    return (await this.common.query(sql.SET_QUEUE, ...values))[0]?.["is_new"] === true;
  }

  async pauseQueue(name: string, isPaused: boolean): Promise<boolean> {
    return (await this.common.query(sql.PAUSE_QUEUE, name, isPaused))[0]?.["is_new"] === true;
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await this.#announcement;
    await super[Symbol.asyncDispose]();
  }
}
