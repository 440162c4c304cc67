import type { NewTransaction, Place, RecordRow, StoredRecord, TransactionRow } from "../sql/table_rows.ts";
import { numberIn, readTransaction, type Row, textIn } from "../sql/read_row.ts";
import { statusNumber } from "../sql/schema.ts";
import { listingValues } from "../sql/listing.ts";
import type { Release } from "../open_journal.ts";

export function toTransactionRow(row: Row): TransactionRow {
  return readTransaction(row, row["is_dead"] === true);
}

export function toPlace(row: Row): Place {
  const found = row["sum"] === null ? undefined : { epoch: numberIn(row, "epoch"), sum: textIn(row, "sum") };
  return { isOwner: row["mine"] === true, found };
}

export function toStoredRecord(row: Row): StoredRecord {
  return {
    seq: numberIn(row, "seq"),
    epoch: numberIn(row, "epoch"),
    data: textIn(row, "data"),
    sum: textIn(row, "sum"),
  };
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

export function releaseValues(release: Release): readonly unknown[] {
  const { status, dueAt, steps, finished, atStep, error } = release;
  return [
    status && statusNumber(status),
    dueAt,
    steps,
    finished,
    atStep,
    error,
    ...listingValues(release),
    release.rest,
  ];
}

export function idsOf(rows: readonly Row[], column: string): Set<string> {
  return new Set(rows.map((row) => textIn(row, column)));
}

export function sumsOf(rows: readonly Pick<NewTransaction, "record">[]): readonly string[] {
  return rows.map(({ record }) => record.sum);
}
