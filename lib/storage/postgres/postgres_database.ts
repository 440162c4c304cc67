import type {
  Conclusion,
  Creation,
  Doorkeeper,
  Listener,
  NewTransaction,
  Owned,
  Place,
  ReadLimits,
  RecordRow,
  RequestRow,
  RowMark,
  Search,
  Seen,
  StoredRecord,
  Taken,
  TransactionRow,
} from "../sql/table_rows.ts";
import { DatabaseError, type SqlDatabase } from "../sql/database.ts";
import { LISTED } from "../sql/schema.ts";
import { firstValues, MAX_TIME } from "../sql/listing.ts";
import type { Release } from "../open_journal.ts";
import { isTaken } from "./postgres_error.ts";
import type { PostgresPlace } from "./postgres_locator.ts";
import { idsOf, lists, recordLists, releaseValues, sumsOf, toPlace, toStoredRecord, toTransactionRow } from "./rows.ts";
import { numberIn, optionalTextIn, textIn, toMark, toTaken } from "../sql/read_row.ts";
import { CHANNEL } from "./postgres_queues.ts";
import { PostgresSchedules } from "./postgres_schedules.ts";
import * as sql from "./statements.ts";

/** No id is smaller. */
const NIL = "00000000-0000-0000-0000-000000000000";

/** The members of `SqlDatabase` on a server. */
export class PostgresDatabase extends PostgresSchedules implements SqlDatabase {
  async create(
    rows: readonly NewTransaction[],
    { worker, batch }: Creation,
  ): Promise<readonly ("created" | "taken")[]> {
    const values = lists(rows, "id", "name", "owner", "queue", "priority", "dueAt", "library", "home");
    const first = rows.map(firstValues);
    const columns = [0, 1, 2, 3, 4].map((column) => first.map((row) => row[column]));
    const data = rows.map(({ record }) => record.data).join("\n");
    const all = [...values, ...columns, data, sumsOf(rows), worker, batch];
    const created = idsOf(await this.writer().query(sql.CREATE, ...all), "tx");
    const others = rows.filter((row) => !created.has(row.id));
    if (others.length > 0) {
      const left = await this.common.query(sql.CREATED, ...lists(others, "id", "owner"), sumsOf(others), worker, batch);
      if (left.some((row) => row["done"] !== true && row["same"] !== true)) {
        throw new DatabaseError("refused", "the lease of this process is over");
      }
      // What was not there before, and is not there now, was created by an earlier try, and is gone.
      for (const row of left) if (row["same"] === true || row["taken"] !== true) created.add(textIn(row, "id"));
    }
    return rows.map((row) => created.has(row.id) ? "created" : "taken");
  }

  async find(name: string): Promise<TransactionRow | "ambiguous" | undefined> {
    const digits = /^[0-9a-f-]{8,36}$/.test(name) ? name.replaceAll("-", "") : "";
    const [low, high] = [digits.padEnd(32, "0"), digits.padEnd(32, "f")];
    const named = await this.reading(sql.FIND_BY_NAME, name);
    const isBeginning = named.length === 0 && digits.length >= 8 && digits.length <= 32;
    const [first, second] = isBeginning ? await this.reading(sql.FIND_BETWEEN, low, high) : named;
    if (second !== undefined) return "ambiguous";
    return first && toTransactionRow(first);
  }

  async take(tx: string, worker: string): Promise<Taken | undefined> {
    const [row] = await this.common.query(sql.TAKE, tx, worker);
    return row && toTaken(row);
  }

  async append(worker: string, rows: readonly RecordRow[]): Promise<readonly boolean[]> {
    const [row] = rows;
    if (row !== undefined && rows.length === 1) {
      const { tx, seq, epoch, data, sum, before } = row;
      return [(await this.writer().query(sql.APPEND_ONE, worker, tx, seq, epoch, data, sum, before)).length === 1];
    }
    const appended = idsOf(await this.writer().query(sql.APPEND, worker, ...recordLists(rows)), "tx");
    return rows.map(({ tx }) => appended.has(tx));
  }

  async look(
    worker: string,
    rows: readonly Pick<RecordRow, "tx" | "seq" | "epoch">[],
  ): Promise<readonly Place[]> {
    return (await this.common.query(sql.LOOK, worker, ...lists(rows, "tx", "seq", "epoch"))).map(toPlace);
  }

  async conclude(worker: string, rows: readonly Conclusion[]): Promise<readonly boolean[]> {
    const records = recordLists(rows.map(({ record }) => record));
    const releases = rows.map(({ release }) => releaseValues(release));
    const columns = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((column) => releases.map((values) => values[column]));
    try {
      const done = idsOf(await this.writer().query(sql.CONCLUDE, worker, ...records, ...columns), "tx");
      return rows.map(({ record }) => done.has(record.tx));
    } catch (error) {
      // A late record of an owner before came in between. Of several rows, each is tried alone.
      if (rows.length === 1 && isTaken(error)) return [false];
      throw error;
    }
  }

  async leave({ tx, worker, epoch }: Owned, release: Release): Promise<boolean> {
    const rows = await this.common.query(sql.LEAVE, tx, worker, epoch, ...releaseValues(release));
    return rows.length === 1;
  }

  async remove(rows: readonly Owned[]): Promise<readonly boolean[]> {
    const removed = idsOf(await this.writer().query(sql.REMOVE, ...lists(rows, "tx", "worker", "epoch")), "id");
    const left = rows.map(({ tx }) => tx).filter((id) => !removed.has(id));
    const others = left.length === 0 ? new Set() : idsOf(await this.common.query(sql.EXISTING, left), "id");
    return rows.map(({ tx }) => !others.has(tx));
  }

  async prune(seen: readonly Seen[]): Promise<readonly string[]> {
    return [...idsOf(await this.common.query(sql.PRUNE, ...lists(seen, "id", "epoch")), "id")];
  }

  async readRecords(tx: string, seq: number, { maxRows, maxBytes }: ReadLimits): Promise<readonly StoredRecord[]> {
    return (await this.common.query(sql.READ_RECORDS, tx, seq, maxRows, maxBytes)).map(toStoredRecord);
  }

  async findMarks(ids: readonly string[]): Promise<readonly RowMark[]> {
    return (await this.reading(sql.FIND_MARKS, ids)).map(toMark);
  }

  async search(
    { listed, queue, name, error, latest = MAX_TIME, limit, after }: Search,
  ): Promise<readonly TransactionRow[]> {
    const { lastAt = -MAX_TIME, id = NIL } = after ?? {};
    const rows = listed === undefined
      ? await this.reading(sql.SEARCH_UNLISTED, queue, name, id, limit)
      : await this.reading(sql.SEARCH, queue, name, error, LISTED.indexOf(listed), latest, lastAt, id, limit);
    return rows.map(toTransactionRow);
  }

  async list(limit: number, after = NIL): Promise<readonly Pick<TransactionRow, "id" | "name">[]> {
    const rows = await this.reading(sql.LIST, after, limit);
    return rows.map((row) => ({ id: textIn(row, "id"), name: optionalTextIn(row, "name") }));
  }

  async count(): Promise<number> {
    const [row] = await this.reading(sql.COUNT);
    return row === undefined ? 0 : numberIn(row, "count");
  }

  async addRequest({ id, tx, data }: RequestRow): Promise<boolean> {
    const isKept = (await this.common.query(sql.ADD_REQUEST, id, tx, data)).length > 0;
    // After the commit: within, all commits that notify would wait for one another. If it fails, the owner looks later.
    if (isKept) await this.common.query(sql.NOTIFY, CHANNEL, `${this.place.schema} ${tx}`).catch(() => {});
    return isKept;
  }

  async listen({ tx, worker, epoch, turn }: Doorkeeper): Promise<boolean> {
    return (await this.common.query(sql.LISTEN, tx, worker, epoch, turn)).length === 1;
  }

  async stopListening(rows: readonly Listener[]): Promise<readonly boolean[]> {
    const values = lists(rows, "tx", "worker", "epoch", "seen", "turn");
    const stopped = idsOf(await this.writer().query(sql.STOP_LISTENING, ...values), "id");
    return rows.map(({ tx }) => stopped.has(tx));
  }

  onRequest(arrived: (tx: string) => void): void {
    this.hear(arrived);
  }

  async findRequested(worker: string): Promise<readonly string[]> {
    return [...idsOf(await this.ear.query(sql.FIND_REQUESTED, worker), "tx")];
  }

  async readRequests(tx: string): Promise<{ readonly seen: number; readonly requests: readonly RequestRow[] }> {
    const rows = await this.common.query(sql.READ_REQUESTS, tx);
    const found = rows.filter(({ id }) => id !== null);
    const requests = found.map((row) => ({ id: textIn(row, "id"), tx, data: textIn(row, "data") }));
    return { seen: rows[0] === undefined ? 0 : numberIn(rows[0], "requests"), requests };
  }

  async removeRequests(ids: readonly string[]): Promise<void> {
    await this.common.query(sql.REMOVE_REQUESTS, ids);
  }
}

/** Connects to a server. Tables of a newer version are refused. */
export async function openPostgres(place: PostgresPlace): Promise<PostgresDatabase> {
  const database = new PostgresDatabase(place);
  try {
    await database.check();
    return database;
  } catch (error) {
    await database[Symbol.asyncDispose]();
    throw error;
  }
}
