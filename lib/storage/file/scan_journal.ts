import { decodeLine, type DecodeOptions, describeWrongMarker } from "../../journal/decode_line.ts";
import { type JournalRecord, MAX_LINE_BYTES, withMarker } from "../../journal/encode_record.ts";
import { BackgroundSums } from "./background_sums.ts";
import {
  classifyTail,
  EMPTY_SCAN,
  isSuspended,
  type Scan,
  startsLikeJournal,
  type Tail,
  type TailStart,
} from "./classify_tail.ts";
import { type Disk, readFully } from "./disk.ts";
import { LineReader } from "./line_reader.ts";
import { FileChanged } from "./open_file.ts";

/** A tail is at most one append and the filler after it, of which `journal_file.ts` makes less than 17 MiB. */
const MAX_TAIL_BYTES = MAX_LINE_BYTES + 20 * 1024 * 1024;
/** For this much, another thread for the checksums saves time. */
const LARGE_BYTES = 16 * 1024 * 1024;
const BRACKET = 0x5d;

export interface ScanOptions {
  /** An earlier scan of the same file, to continue. */
  readonly from?: Scan;
  /** Applies no record before its checksum has been verified, however large the file is. */
  readonly verifiesFirst?: boolean;
}

/**
 * Reads the records of a journal in order and stops at the first line that is no record.
 *
 * @param apply Gets each record, in a large file before its checksum has been verified. Its errors pass through, unless
 * there is damage that may have caused them.
 */
export function scanJournal(disk: Disk, apply: (record: JournalRecord) => void, options: ScanOptions = {}): Scan {
  const { from = EMPTY_SCAN, verifiesFirst = false } = options;
  const isSmall = verifiesFirst || disk.size() - from.end < LARGE_BYTES;
  const until = isSmall ? 0 : settledUntil(disk);
  if (until - from.end < LARGE_BYTES) return scanLines(disk, apply, from);
  using sums = new BackgroundSums(until);
  let scan: Scan;
  try {
    scan = scanLines(disk, apply, from, sums);
  } catch (error) {
    // Damage that is found only now may have caused it.
    if (sums.finish()) throw error;
    return findDamage(disk, from);
  }
  return sums.finish() ? scan : findDamage(disk, from);
}

/** Everything before this offset was written long ago: at rest the whole file, otherwise what precedes a possible tail. */
function settledUntil(disk: Disk): number {
  const size = disk.size();
  return readFully(disk, size - 1, 1)[0] === BRACKET ? size : size - MAX_TAIL_BYTES;
}

/** Reads up to damage that was noticed too late: later records have been applied, so the state is of no use. */
function findDamage(disk: Disk, from: Scan): Scan {
  const scan = scanLines(disk, () => {}, from);
  // A torn append is not among what was noticed: lines follow it.
  if (scan.tail.kind !== "damaged") throw new FileChanged("it became another file");
  return scan;
}

function scanLines(disk: Disk, apply: (record: JournalRecord) => void, from: Scan, sums?: BackgroundSums): Scan {
  const lines = new LineReader(disk, from.end);
  let { records, lastSum, end, unknown } = from;
  let lastLength = from.lastLine.length;
  let previousAt: string | undefined;
  let fault: string | undefined;
  while (fault === undefined) {
    const line = lines.next();
    if (line === undefined) break;
    const isSettled = sums !== undefined && line.isFollowed && end + line.bytes.length < sums.until;
    const verify = isSettled ? sums.verifyLater : sums?.verifyNow;
    const decoded = decodeRecord(line.bytes, records, lastSum, { text: line.text, previousAt, verify });
    if ("reason" in decoded) {
      fault = decoded.reason;
      break;
    }
    // Only the last record can have a marker that did not reach the disk.
    const isLast = line.bytes[0] === BRACKET;
    const next = end + line.bytes.length + 1;
    // Looked at now: a scan that continues after that record does not see its marker.
    if (isLast && readTail(disk, { records: records + 1, lastSum: decoded.sum, end: next }).kind === "damaged") {
      fault = describeWrongMarker(records);
      break;
    }
    apply(decoded.record);
    lastSum = decoded.sum;
    previousAt = decoded.record.at;
    unknown ??= decoded.record.unknown;
    records += 1;
    end = next;
    lastLength = line.bytes.length;
    if (isLast) break;
  }
  const lastLine = records === from.records
    ? from.lastLine
    : withMarker(readLine(disk, end - 1 - lastLength, lastLength), records - 1);
  return { records, lastSum, lastLine, end, unknown, tail: readTail(disk, { records, lastSum, end }, fault) };
}

/** Reads the last line again: that takes less time than to keep a copy of each line in case it is the last. */
function readLine(disk: Disk, offset: number, length: number): Uint8Array {
  const line = readFully(disk, offset, length);
  if (line.length !== length) throw new FileChanged("it became shorter");
  return line;
}

/** Reads a line. In the last record, the marker may not have reached the disk. */
function decodeRecord(
  line: Uint8Array,
  seq: number,
  sum: string,
  options: DecodeOptions,
): ReturnType<typeof decodeLine> {
  const decoded = decodeLine(line, seq, sum, options);
  if (!("reason" in decoded) || line[0] !== BRACKET) return decoded;
  const again = decodeLine(withMarker(line, seq), seq, sum);
  return "reason" in again ? decoded : again;
}

/** `fault`: why the first line of the tail is no record, if that is known. */
export function readTail(disk: Disk, start: TailStart, fault?: string): Tail {
  const length = disk.size() - start.end;
  if (length > MAX_TAIL_BYTES) {
    return { kind: "damaged", reason: fault ?? `is longer than ${MAX_LINE_BYTES} bytes` };
  }
  if (start.end + length === 0) return { kind: "damaged", reason: "is missing", file: "empty" };
  const region = readFully(disk, start.end, length);
  const tail = classifyTail(region, start);
  if (tail.kind !== "damaged") return tail;
  const reason = fault ?? tail.reason;
  if (start.end > 0 || startsLikeJournal(region)) return { kind: "damaged", reason };
  return { kind: "damaged", reason, file: isSuspended(region) ? "suspended" : "foreign" };
}
