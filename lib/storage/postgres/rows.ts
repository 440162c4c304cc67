import { DatabaseError, type Place, type StoredRecord, type Taken, type TransactionRow } from "../sql/database.ts";
import { statusOf } from "../sql/schema.ts";
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
