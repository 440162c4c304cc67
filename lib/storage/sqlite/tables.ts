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
import { LISTED, statusNumber } from "../sql/schema.ts";
import { firstValues, listingValues, MAX_TIME } from "../sql/listing.ts";
import type { Release } from "../open_journal.ts";
import { numberIn, optionalTextIn, readTransaction, type Row, textIn, toMark, toTaken } from "../sql/read_row.ts";
import * as sql from "./statements.ts";
import { ScheduleTables } from "./schedule_tables.ts";
import type { Value } from "./worker_tables.ts";

/**
 * The members of `SqlDatabase` as calls that block. Each changes what it says or throws. The caller runs them within a
 * transaction: one that throws after it has written something is rolled back by it.
 */
export class Tables extends ScheduleTables {
  create(rows: readonly NewTransaction[], creation: Creation): ("created" | "taken")[] {
    const { worker } = creation;
    const isFirst = this.beginBatch(creation);
    const answers = rows.map((row) => {
      const { id, owner, record } = row;
      // Perhaps by an earlier try, whose answer was lost.
      if (this.get(sql.CREATED, id, owner, firstEpoch(row), record.sum) !== undefined) return "created";
      // What was not there before, and is not there now, was created by an earlier try, and is gone.
      return isFirst ? this.add(row) : this.wasTaken(creation, id) ? "taken" : "created";
    });
    const taken = rows.filter((_, index) => answers[index] === "taken").map(({ id }) => id);
    if (isFirst && taken.length > 0) this.run(sql.NOTE_TAKEN, worker, taken.join(" "));
    return answers;
  }

  protected add(row: NewTransaction): "created" | "taken" {
    const now = this.now();
    const { id, name, owner, queue, priority, dueAt = now, library, home, record } = row;
    const epoch = firstEpoch(row);
    const values = [id, name, queue, priority, dueAt, owner, epoch, library, home, now];
    if (this.run(sql.CREATE, ...values, ...firstValues(row)) === 0) return "taken";
    this.run(sql.FIRST_RECORD, id, epoch, record.data, record.sum);
    this.addQueue(queue, now);
    return "created";
  }

  find(name: string): TransactionRow | "ambiguous" | undefined {
    const exact = this.get(sql.FIND_BY_NAME, name) ?? this.get(sql.FIND_BY_ID, name);
    if (exact !== undefined) return this.#toRow(exact);
    if (!/^[0-9a-f]{8}[0-9a-f-]*$/.test(name)) return undefined;
    const [first, second] = this.all(sql.FIND_BY_BEGINNING, name);
    if (second !== undefined) return "ambiguous";
    return first && this.#toRow(first);
  }

  take(tx: string, worker: string): Taken | undefined {
    const row = this.get(sql.TAKE, tx, worker, this.now());
    return row && toTaken(row);
  }

  append(worker: string, rows: readonly RecordRow[]): boolean[] {
    return rows.map(({ tx, seq, epoch, data, sum, before }) =>
      this.run(sql.APPEND, tx, seq, epoch, data, sum, worker, before) === 1
    );
  }

  look(worker: string, rows: readonly Pick<RecordRow, "tx" | "seq" | "epoch">[]): Place[] {
    return rows.map(({ tx, seq, epoch }) => {
      const row = this.get(sql.LOOK, tx, seq, epoch, worker) ?? {};
      const found = row["sum"] === null ? undefined : { epoch: numberIn(row, "epoch"), sum: textIn(row, "sum") };
      return { isOwner: row["mine"] === 1, found };
    });
  }

  conclude(worker: string, rows: readonly Conclusion[]): boolean[] {
    return rows.map(({ record, release }) => {
      const { tx, seq, epoch, data, sum, before } = record;
      const values = [tx, worker, epoch, ...this.#toValues(release), seq, before, release.rest];
      if (this.run(sql.CONCLUDE, ...values) === 0) return false;
      this.run(sql.LAST_RECORD, tx, seq, epoch, data, sum);
      return true;
    });
  }

  leave({ tx, worker, epoch }: Owned, release: Release): boolean {
    return this.run(sql.LEAVE, tx, worker, epoch, ...this.#toValues(release), release.rest) === 1;
  }

  #toValues(release: Release): Value[] {
    const { status, dueAt, steps, finished, atStep, error } = release;
    const now = this.now();
    const listing = listingValues(release);
    return [status && statusNumber(status), dueAt, now, steps, finished, atStep, error, ...listing];
  }

  remove(rows: readonly Owned[]): boolean[] {
    return rows.map(({ tx, worker, epoch }) => {
      if (this.run(sql.REMOVE, tx, worker, epoch) === 0) return this.get(sql.FIND_BY_ID, tx) === undefined;
      this.#removeContent(tx);
      return true;
    });
  }

  prune(seen: readonly Seen[]): string[] {
    const pruned = seen.filter(({ id, epoch }) => this.run(sql.PRUNE, id, epoch) === 1).map(({ id }) => id);
    for (const id of pruned) this.#removeContent(id);
    return pruned;
  }

  #removeContent(tx: string): void {
    this.run(sql.REMOVE_RECORDS, tx);
    this.run(sql.REMOVE_INBOX, tx);
  }

  readRecords(tx: string, seq: number, { maxRows, maxBytes }: ReadLimits): StoredRecord[] {
    const rows: StoredRecord[] = [];
    let characters = 0;
    for (const row of this.statement(sql.READ_RECORDS).iterate(tx, seq, maxRows)) {
      const data = textIn(row, "data");
      rows.push({ seq: numberIn(row, "seq"), epoch: numberIn(row, "epoch"), data, sum: textIn(row, "sum") });
      characters += data.length;
      if (characters >= maxBytes) break;
    }
    return rows;
  }

  findMarks(ids: readonly string[]): RowMark[] {
    return this.all(sql.FIND_MARKS, JSON.stringify(ids)).map(toMark);
  }

  search({ listed, queue, name, error, latest = MAX_TIME, limit, after }: Search): TransactionRow[] {
    const { lastAt = -MAX_TIME, id = "" } = after ?? {};
    const rows = listed === undefined
      ? this.all(sql.SEARCH_UNLISTED, queue, name, id, limit)
      : this.all(sql.SEARCH, queue, name, error, LISTED.indexOf(listed), latest, lastAt, id, limit);
    return rows.map((row) => this.#toRow(row));
  }

  list(limit: number, after = ""): Pick<TransactionRow, "id" | "name">[] {
    return this.all(sql.LIST, after, limit).map((row) => ({
      id: textIn(row, "id"),
      name: optionalTextIn(row, "name"),
    }));
  }

  count(): number {
    return numberIn(this.get(sql.COUNT) ?? {}, "count");
  }

  addRequest({ id, tx, data }: RequestRow): boolean {
    const now = this.now();
    if (this.run(sql.ADD_REQUEST, id, tx, now, data) === 0) return this.get(sql.HAS_REQUEST, id) !== undefined;
    this.run(sql.COUNT_REQUEST, tx);
    return true;
  }

  listen({ tx, worker, epoch, turn }: Doorkeeper): boolean {
    return this.run(sql.LISTEN, tx, worker, epoch, turn) === 1;
  }

  stopListening(rows: readonly Listener[]): boolean[] {
    return rows.map(({ tx, worker, epoch, seen, turn }) =>
      this.run(sql.STOP_LISTENING, tx, worker, epoch, seen, turn) === 1
    );
  }

  findRequested(worker: string): string[] {
    return this.all(sql.FIND_REQUESTED, worker).map((row) => textIn(row, "tx"));
  }

  readRequests(tx: string): { seen: number; requests: RequestRow[] } {
    const row = this.get(sql.COUNT_REQUESTS, tx);
    const requests = this.all(sql.READ_REQUESTS, tx).map((row) => ({
      id: textIn(row, "id"),
      tx,
      data: textIn(row, "data"),
    }));
    return { seen: row === undefined ? 0 : numberIn(row, "requests"), requests };
  }

  removeRequests(ids: readonly string[]): void {
    for (const id of ids) this.run(sql.REMOVE_REQUEST, id);
  }

  #toRow(row: Row): TransactionRow {
    const owner = optionalTextIn(row, "owner");
    const isOver = row["dead"] === 1 || Number(row["lease_until"]) <= this.now();
    return readTransaction(row, isOver || (owner !== undefined && this.locks.isGone(owner)));
  }
}

function firstEpoch({ owner }: NewTransaction): number {
  return owner === undefined ? 0 : 1;
}
