import { type DecodedLine, decodeLine } from "../journal/decode_line.ts";
import { MAX_LINE_BYTES } from "../journal/encode_record.ts";
import type { JournalRecord } from "../journal/record.ts";
import { BEGINNING, classifyTail, type Tail } from "./classify_tail.ts";
import { type Disk, readFully } from "./disk.ts";
import { type Line, LineReader } from "./line_reader.ts";

/** A tail is at most one append and the filler behind it, of which `journal_file.ts` makes less than 17 MiB. */
const MAX_TAIL_BYTES = MAX_LINE_BYTES + 20 * 1024 * 1024;
const BRACKET = 0x5d;

/** How far a journal has been read, and what the end of it looks like. */
export interface Scan {
  /** How many records were read; the next one's `seq`. */
  readonly records: number;
  /** Checksum of the last record; empty before the first. */
  readonly lastSum: string;
  /** The last record's line, as it should be. */
  readonly lastLine: Uint8Array;
  /** Offset behind the last record: where the closing bracket belongs. */
  readonly end: number;
  /** What stands there. */
  readonly tail: Tail;
  /** What a newer version wrote, in words. */
  readonly unknown: string | undefined;
}

/** Nothing read yet. */
export const EMPTY_SCAN: Scan = {
  records: 0,
  lastSum: "",
  lastLine: new Uint8Array(),
  end: 0,
  tail: { kind: "unclosed" },
  unknown: undefined,
};

/**
 * Reads the records of a journal in order, in chunks, and stops at the first line that is none.
 *
 * @param disk The file.
 * @param apply Gets each record. What it throws passes through.
 * @param from Where an earlier scan of the same file stopped.
 */
export function scanJournal(disk: Disk, apply: (record: JournalRecord) => void, from: Scan = EMPTY_SCAN): Scan {
  const lines = new LineReader(disk, from.end);
  let { records, lastSum, end, unknown } = from;
  let lastLength = from.lastLine.length;
  let fault: string | undefined;
  while (fault === undefined) {
    const line = lines.next();
    if (line === undefined) break;
    const decoded = decodeRecord(line, records, lastSum);
    if ("reason" in decoded) {
      fault = decoded.reason;
      break;
    }
    apply(decoded.unknown === undefined ? decoded.record : { ...decoded.record, unknown: decoded.unknown });
    lastSum = decoded.sum;
    unknown ??= decoded.unknown;
    records += 1;
    end += line.bytes.length + 1;
    lastLength = line.bytes.length;
    // A record whose marker never reached the disk can only be the last one.
    if (line.bytes[0] === BRACKET) break;
  }
  const lastLine = records === from.records ? from.lastLine : readLine(disk, end - 1 - lastLength, lastLength);
  if (records > 0) lastLine[0] = markerOf(records - 1);
  return { records, lastSum, lastLine, end, unknown, tail: readTail(disk, { records, lastSum, end, fault }) };
}

/** Only the last line is wanted once more: to keep a copy of each in case it is the last takes longer than to read one. */
function readLine(disk: Disk, offset: number, length: number): Uint8Array {
  const line = readFully(disk, offset, length);
  if (line.length !== length) throw new Error("the file became shorter while it was read");
  return line;
}

/** Reads a line. Of the very last record, everything but the marker may have reached the disk. */
function decodeRecord(line: Line, seq: number, previousSum: string): DecodedLine | { readonly reason: string } {
  const decoded = decodeLine(line.bytes, seq, previousSum, line.text);
  if (!("reason" in decoded) || line.bytes[0] !== BRACKET) return decoded;
  const mended = line.bytes.slice();
  mended[0] = markerOf(seq);
  const again = decodeLine(mended, seq, previousSum);
  return "reason" in again ? decoded : again;
}

function markerOf(seq: number): number {
  return seq === 0 ? 0x5b : 0x2c;
}

/** Where a tail begins, and behind what. */
export interface TailPlace {
  /** How many records are before it. */
  readonly records: number;
  /** Checksum of the last of them. */
  readonly lastSum: string;
  /** Its offset. */
  readonly end: number;
  /** Why its first line is no record, if that is known. */
  readonly fault: string | undefined;
}

/** Classifies what stands from a place to the end of the file. */
export function readTail(disk: Disk, place: TailPlace): Tail {
  const length = disk.size() - place.end;
  if (length > MAX_TAIL_BYTES) return { kind: "damaged", reason: `is longer than ${MAX_LINE_BYTES} bytes` };
  if (place.end + length === 0) return { kind: "damaged", reason: "is missing", file: "empty" };
  const region = readFully(disk, place.end, length);
  const tail = classifyTail(
    region,
    place.end,
    (bytes) => !("reason" in decodeRecord({ bytes, text: undefined }, place.records, place.lastSum)),
  );
  if (tail.kind !== "damaged") return tail;
  const isForeign = place.end === 0 && !BEGINNING.every((byte, index) => region[index] === byte);
  return { kind: "damaged", reason: place.fault ?? tail.reason, ...(isForeign ? { file: "foreign" } : {}) };
}
