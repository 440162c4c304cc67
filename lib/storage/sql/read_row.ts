import type { Rest, RowMark, Taken, TransactionRow } from "./table_rows.ts";
import type { Exported } from "../open_journal.ts";
import type { DueCounts } from "./work/due_database.ts";
import type { Queue } from "../work_store.ts";
import { parseMemory, type StoredSchedule } from "../schedules.ts";
import { DatabaseError } from "./database.ts";
import { statusOf, type TransactionStatus } from "./schema.ts";
import { quote, safeText } from "../../text/escape.ts";

/** A row as a database gives it. Any program may have written it. */
export type Row = Readonly<Record<string, unknown>>;

/** What a row says of a transaction. @param isDead Whether its owner is. */
export function readTransaction(row: Row, isDead: boolean): TransactionRow {
  const worker = row["pid"] === null ? undefined : {
    host: optionalTextIn(row, "host"),
    pid: numberIn(row, "pid"),
    process: optionalTextIn(row, "process"),
    leaseUntil: numberIn(row, "lease_until"),
    isDead,
  };
  return {
    worker,
    takenAt: numberIn(row, "taken_at"),
    id: textIn(row, "id"),
    name: optionalTextIn(row, "name"),
    status: statusIn(row),
    queue: textIn(row, "queue"),
    priority: numberIn(row, "priority"),
    dueAt: numberIn(row, "due_at"),
    owner: optionalTextIn(row, "owner"),
    epoch: numberIn(row, "epoch"),
    requests: numberIn(row, "requests"),
    createdAt: numberIn(row, "created_at"),
    endedAt: row["ended_at"] === null ? undefined : numberIn(row, "ended_at"),
    steps: numberIn(row, "steps"),
    finished: numberIn(row, "finished"),
    atStep: optionalTextIn(row, "at_step"),
    error: optionalTextIn(row, "error"),
    blocked: optionalTextIn(row, "blocked"),
    listing: row["listed"] === null ? undefined : optionalTextIn(row, "listing"),
    lastAt: row["last_at"] === null ? undefined : numberIn(row, "last_at"),
    exported: statusOf(row["status"]) === "exported" ? readExported(row) : undefined,
  };
}

function readExported(row: Row): Exported {
  return { file: optionalTextIn(row, "exported_to"), host: optionalTextIn(row, "exported_host") };
}

export function toTaken(row: Row): Taken {
  return { id: textIn(row, "id"), epoch: numberIn(row, "epoch"), status: statusIn(row) };
}

/** A number that a newer version of the library, or a person, has written. */
function statusIn(row: Row): TransactionStatus {
  try {
    return statusOf(row["status"]);
  } catch (error) {
    throw new DatabaseError("damaged", safeText(error), { cause: error });
  }
}

export function toRest(row: Row): Rest {
  return {
    id: textIn(row, "id"),
    name: optionalTextIn(row, "name"),
    rest: textIn(row, "rest"),
    reason: optionalTextIn(row, "reason"),
  };
}

export function toMark(row: Row): RowMark {
  return { id: textIn(row, "id"), mark: optionalTextIn(row, "mark") };
}

/** What a row says of a schedule. */
export function readSchedule(row: Row, isPaused: boolean): StoredSchedule {
  const name = textIn(row, "name");
  const memory = parseMemory(textIn(row, "memory"));
  if (memory === undefined) throw new DatabaseError("damaged", `the schedule ${quote(name)} has no sound memory`);
  return {
    name,
    definition: textIn(row, "definition"),
    nextAt: row["next_at"] === null ? undefined : numberIn(row, "next_at"),
    lastAt: row["last_at"] === null ? undefined : numberIn(row, "last_at"),
    isPaused,
    version: numberIn(row, "version"),
    memory,
  };
}

export function toQueue(row: Row, isPaused: boolean): Queue {
  const [perSecond, burst] = [optionalNumberIn(row, "rate_per_s"), optionalNumberIn(row, "rate_burst")];
  return {
    name: textIn(row, "name"),
    maxRunning: optionalNumberIn(row, "max_running"),
    rate: perSecond === undefined || burst === undefined ? undefined : { perSecond, burst },
    isPaused,
    due: numberIn(row, "due"),
    running: numberIn(row, "running"),
    sleeping: numberIn(row, "sleeping"),
  };
}

/** @param row Nothing if there are no tables. */
export function toCounts(row: Row | undefined): DueCounts {
  const count = (column: string) => row === undefined ? 0 : numberIn(row, column);
  return {
    due: count("due"),
    nextDueAt: row && optionalNumberIn(row, "next_due_at"),
    oldestDueAt: row && optionalNumberIn(row, "oldest_due_at"),
    running: count("running"),
    asking: count("asking"),
    aborted: count("aborted"),
    untrusted: count("untrusted"),
  };
}

export function textIn(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== "string") throw new DatabaseError("damaged", `the column "${column}" of a row has no text`);
  return value;
}

export function optionalTextIn(row: Row, column: string): string | undefined {
  return row[column] === null ? undefined : textIn(row, column);
}

export function optionalNumberIn(row: Row, column: string): number | undefined {
  return row[column] === null ? undefined : numberIn(row, column);
}

/** A list of texts. */
export function listIn(row: Row, column: string): readonly string[] {
  const value = row[column];
  if (Array.isArray(value) && value.every((member) => typeof member === "string")) return value;
  throw new DatabaseError("damaged", `the column "${column}" of a row has no list`);
}

export function numberIn(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== "number") throw new DatabaseError("damaged", `the column "${column}" of a row has no number`);
  return value;
}
