import { JournalDamaged } from "../../errors/opening_errors.ts";
import { decodeLine } from "../../journal/decode_line.ts";
import { type JournalRecord, recordMarker } from "../../journal/encode_record.ts";
import type { Release } from "../open_journal.ts";
import type { FaultyLine } from "../store.ts";
import type { RecordLine } from "../open_journal.ts";
import type { ReadLimits, StoredRecord } from "./table_rows.ts";
import type { SqlDatabase } from "./database.ts";

const LIMITS: ReadLimits = { maxRows: 1000, maxBytes: 4 * 1024 * 1024 };
const ENCODER = new TextEncoder();

/** How far the records of a transaction have been read. */
export interface Reading {
  readonly records: number;
  readonly lastSum: string;
  /** When the first record was written, and the last, as they say; empty if there are none. */
  readonly openedAt: string;
  readonly lastAt: string;
  /** What a newer version wrote, in words. */
  readonly unknown: string | undefined;
}

export type Written = Pick<Reading, "openedAt" | "lastAt">;

/** A store knows better than a run when its records were written. */
export function noted(release: Release, written: Written): Release {
  return release.listing === undefined ? release : { ...release, listing: { ...release.listing, ...written } };
}

export const NOTHING_READ: Reading = { records: 0, lastSum: "", openedAt: "", lastAt: "", unknown: undefined };

interface ReadRequest {
  readonly database: SqlDatabase;
  readonly journal: string;
  readonly tx: string;
  readonly from?: Reading;
}

/** Passes on records in order, each after its checksum was verified. Throws `JournalDamaged` at the first that is no record. */
export async function readRecords(
  { database, journal, tx, from = NOTHING_READ }: ReadRequest,
  apply: (record: JournalRecord) => void,
): Promise<Reading> {
  let { records, lastSum, openedAt, lastAt, unknown } = from;
  for (;;) {
    const page = await database.readRecords(tx, records, LIMITS);
    for (const row of page) {
      const decoded = decodeRow(row, records, lastSum);
      if ("reason" in decoded) throw new JournalDamaged(journal, records + 1, describe(tx, records, decoded.reason));
      apply(decoded.record);
      unknown ??= decoded.record.unknown;
      lastSum = decoded.sum;
      lastAt = decoded.record.at;
      if (records === 0) openedAt = lastAt;
      records += 1;
    }
    if (isLast(page)) return { records, lastSum, openedAt, lastAt, unknown };
  }
}

/** Gives records in order as the file format has them, each after its checksum was verified. Throws as {@linkcode readRecords}. */
export async function* readLines({ database, journal, tx }: ReadRequest): AsyncGenerator<readonly RecordLine[]> {
  let [records, lastSum] = [0, ""];
  for (;;) {
    const page = await database.readRecords(tx, records, LIMITS);
    for (const row of page) {
      const decoded = decodeRow(row, records, lastSum);
      if (!("sum" in decoded)) throw new JournalDamaged(journal, records + 1, describe(tx, records, decoded.reason));
      [records, lastSum] = [records + 1, decoded.sum];
    }
    if (page.length > 0) yield page;
    if (isLast(page)) return;
  }
}

/** Reports every damaged record. Returns how many records there are. */
export async function findRecordFaults(
  { database, tx }: Omit<ReadRequest, "journal">,
  report: (fault: FaultyLine) => void,
): Promise<number> {
  let count = 0;
  let [next, lastSum] = [0, ""];
  for (;;) {
    const page = await database.readRecords(tx, next, LIMITS);
    for (const row of page) {
      count += 1;
      const decoded = decodeRow(row, next, lastSum);
      if ("reason" in decoded) {
        // If records are missing, it is about the first of them.
        report({ line: next + 1, reason: describe(tx, next, decoded.reason), isNew: false });
      } else if (decoded.record.unknown !== undefined) {
        report({ line: row.seq + 1, reason: decoded.record.unknown, isNew: true });
      }
      // What follows is judged by the checksum that is written there, so that one fault is one fault.
      [next, lastSum] = [row.seq + 1, row.sum];
    }
    if (isLast(page)) return count;
  }
}

/** A page that is neither long nor large is the last one. */
function isLast(page: readonly StoredRecord[]): boolean {
  const characters = page.reduce((sum, { data }) => sum + data.length, 0);
  return page.length === 0 || (page.length < LIMITS.maxRows && characters * 3 < LIMITS.maxBytes);
}

function decodeRow({ seq, data, sum }: StoredRecord, expected: number, lastSum: string): ReturnType<typeof decodeLine> {
  if (seq !== expected) return { reason: `is missing: seq ${seq} follows ${expected - 1}`, isIntact: false };
  const text = recordMarker(seq) + data;
  const decoded = decodeLine(ENCODER.encode(text), seq, lastSum, { text });
  if (!("reason" in decoded) && decoded.sum !== sum) {
    return { reason: "has a checksum that is not the one of its row", isIntact: false };
  }
  return decoded;
}

function describe(tx: string, seq: number, reason: string): string {
  return `the record ${seq} of transaction ${tx} ${reason}`;
}
