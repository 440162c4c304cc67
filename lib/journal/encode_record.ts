import { escapeJsonText } from "../values/escape_text.ts";
import { sha256 } from "../values/sha256.ts";
import type { JournalRecord } from "./record.ts";

const ENCODER = new TextEncoder();

/** The longest line of a journal, in bytes. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;

/** A record as it stands in the file, marker first and newline last. */
export interface EncodedRecord {
  /** The whole line. */
  readonly line: string;
  /** Its checksum, which the next record's covers. */
  readonly sum: string;
}

/**
 * Writes a record as a line. The marker is the line's first byte, so that the whole file is one JSON array.
 *
 * @param record The record.
 * @param previousSum The checksum of the record before; empty for the first.
 */
export function encodeRecord(record: JournalRecord, previousSum: string): EncodedRecord {
  const marker = record.seq === 0 ? "[" : ",";
  const body = JSON.stringify({ seq: record.seq, at: record.at, events: record.events });
  const covered = marker + escapeJsonText(body.slice(0, -1));
  const sum = chainSum(previousSum, covered);
  return { line: `${covered},"sum":"${sum}"}\n`, sum };
}

/**
 * Computes the checksum of a record: SHA-256, in base64url, of the previous checksum, a newline, and the bytes of the
 * line that stand before `,"sum"`. It finds damage; it is no signature.
 */
export function chainSum(previousSum: string, covered: string | Uint8Array): string {
  const bytes = typeof covered === "string" ? ENCODER.encode(covered) : covered;
  return sha256(bytes, `${previousSum}\n`).toBase64({ alphabet: "base64url", omitPadding: true });
}
