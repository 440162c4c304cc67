import {
  DatabaseError,
  type NewTransaction,
  type Place,
  type RecordRow,
  type StoredRecord,
  type Taken,
  type TransactionRow,
} from "../sql/database.ts";
import { statusNumber, statusOf } from "../sql/schema.ts";
import type { Release } from "../store.ts";
import type { Row } from "./connection.ts";

export function toTransactionRow(row: Row): TransactionRow {
  return {
    id: text(row, "id"),
    name: optionalText(row, "name"),
    status: statusOf(row["status"]),
    queue: text(row, "queue"),
    priority: number(row, "priority"),
    dueAt: number(row, "due_at"),
    owner: optionalText(row, "owner"),
    worker: row["pid"] === null
      ? undefined
      : { host: optionalText(row, "host"), pid: number(row, "pid"), isDead: row["is_dead"] === true },
    epoch: number(row, "epoch"),
    requests: number(row, "requests"),
    createdAt: number(row, "created_at"),
    endedAt: row["ended_at"] === null ? undefined : number(row, "ended_at"),
    steps: number(row, "steps"),
    finished: number(row, "finished"),
    atStep: optionalText(row, "at_step"),
    error: optionalText(row, "error"),
  };
}

export function toTaken(row: Row): Taken {
  return { id: text(row, "id"), epoch: number(row, "epoch"), status: statusOf(row["status"]) };
}

export function toPlace(row: Row): Place {
  const found = row["sum"] === null ? undefined : { epoch: number(row, "epoch"), sum: text(row, "sum") };
  return { isOwner: row["mine"] === true, found };
}

export function toStoredRecord(row: Row): StoredRecord {
  return { seq: number(row, "seq"), epoch: number(row, "epoch"), data: text(row, "data"), sum: text(row, "sum") };
}

export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== "string") throw new DatabaseError("refused", `the column "${column}" of a row has no text`);
  return value;
}

function optionalText(row: Row, column: string): string | undefined {
  return row[column] === null ? undefined : text(row, column);
}

export function number(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== "number") throw new DatabaseError("refused", `the column "${column}" of a row has no number`);
  return value;
}

/** A list for each member: the server makes rows of them again. */
export function lists<T>(rows: readonly T[], ...members: readonly (keyof T)[]): readonly (readonly unknown[])[] {
  return members.map((member) => rows.map((row) => row[member]));
}

/** The same for records, written by hand: no value needs an escape, and the driver would look at each letter of all data. */
export function recordLists(rows: readonly RecordRow[]): readonly string[] {
  const list = (member: keyof RecordRow) => `{${rows.map((row) => row[member] === "" ? '""' : row[member]).join(",")}}`;
  // No line has a newline in it.
  const data = rows.map((row) => row.data).join("\n");
  return [list("tx"), list("seq"), list("epoch"), data, list("sum"), list("before")];
}

export function releaseValues({ status, dueAt, steps, finished, atStep, error }: Release): readonly unknown[] {
  return [status && statusNumber(status), dueAt, steps, finished, atStep, error];
}

export function idsOf(rows: readonly Row[], column: string): Set<string> {
  return new Set(rows.map((row) => text(row, column)));
}

export function sumsOf(rows: readonly Pick<NewTransaction, "record">[]): readonly string[] {
  return rows.map(({ record }) => record.sum);
}
