import type { SQLOutputValue } from "node:sqlite";
import { DatabaseError, type Taken, type TransactionRow } from "../sql/database.ts";
import { statusOf } from "../sql/schema.ts";

/** A row as SQLite gives it. Any program may have written it. */
export type Row = Readonly<Record<string, SQLOutputValue>>;

/** @param isLost Tells whether a worker that was not declared dead is over, or gone. */
export function toTransactionRow(row: Row, isLost: (worker: string) => boolean): TransactionRow {
  const owner = optionalTextIn(row, "owner");
  return {
    id: textIn(row, "id"),
    name: optionalTextIn(row, "name"),
    status: statusOf(row["status"]),
    queue: textIn(row, "queue"),
    priority: numberIn(row, "priority"),
    dueAt: numberIn(row, "due_at"),
    owner,
    worker: owner === undefined || row["pid"] === null ? undefined : {
      host: optionalTextIn(row, "host"),
      pid: numberIn(row, "pid"),
      isDead: row["dead"] === 1 || isLost(owner),
    },
    epoch: numberIn(row, "epoch"),
    requests: numberIn(row, "requests"),
    createdAt: numberIn(row, "created_at"),
    endedAt: row["ended_at"] === null ? undefined : numberIn(row, "ended_at"),
    steps: numberIn(row, "steps"),
    finished: numberIn(row, "finished"),
    atStep: optionalTextIn(row, "at_step"),
    error: optionalTextIn(row, "error"),
  };
}

export function toTaken(row: Row): Taken {
  const { status } = row;
  return {
    id: textIn(row, "id"),
    epoch: numberIn(row, "epoch"),
    status: statusOf(status),
  };
}

export function textIn(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== "string") throw new DatabaseError("refused", `the column "${column}" of a row has no text`);
  return value;
}

function optionalTextIn(row: Row, column: string): string | undefined {
  return row[column] === null ? undefined : textIn(row, column);
}

export function numberIn(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== "number") throw new DatabaseError("refused", `the column "${column}" of a row has no number`);
  return value;
}
