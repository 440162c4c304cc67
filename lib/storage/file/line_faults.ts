import { decodeLine } from "../../journal/decode_line.ts";
import { chainSum, coveredBytes, readSum, recordMarker } from "../../journal/encode_record.ts";
import type { FaultyLine } from "../store.ts";
import type { Tail } from "./classify_tail.ts";
import { type Disk, fileDisk } from "./disk.ts";
import { type Line, LineReader } from "./line_reader.ts";
import { openRegularFile } from "./open_file.ts";
import { readTail } from "./scan_journal.ts";

const BRACKET = 0x5d;
const CLOSING = "is a closing bracket with more after it";
const BLANK: ReadonlySet<number> = new Set([0, 0x09, 0x0d, 0x20]);

interface Place {
  readonly before: LineBefore;
  readonly offset: number;
}

/** A line that is no record. What follows tells whether it belongs to the end of a sound file. */
interface Doubt extends Place {
  readonly line: number;
  readonly reason: string;
}

/** Checks a line by the checksum that is written in the line before, even a damaged one. What resumes must not do that. */
export function findLineFaults(journal: string, report: (fault: FaultyLine) => void): number {
  using file = openRegularFile(journal, "read");
  const disk = fileDisk(file);
  const lines = new LineReader(disk, 0);
  const tell = (line: number, reason: string, isForeign = false) => {
    const subject = isForeign ? "it is no journal of resumable-tx: the line" : "the line";
    report({ line, reason: `${subject} ${reason}`, isNew: false });
  };
  let count = 0;
  let place: Place = { before: NOTHING_BEFORE, offset: 0 };
  let doubt: Doubt | undefined;
  for (let line = lines.next(); line !== undefined; line = lines.next()) {
    count += 1;
    const next = place.offset + line.bytes.length + 1;
    const isRestOfEnd = doubt?.reason === CLOSING && isBlank(line.bytes);
    if (isRestOfEnd) {
      place = { ...place, offset: next };
      continue;
    }
    if (doubt !== undefined) tell(doubt.line, doubt.reason);
    const { asBefore, reason, unknown } = judgeLine(line, place.before);
    doubt = reason === undefined ? undefined : { ...place, line: count, reason };
    place = { before: asBefore, offset: next };
    if (unknown !== undefined) report({ line: count, reason: unknown, isNew: true });
    // The file was never a journal: its other lines do not matter.
    if (count > 1 || reason === undefined || reason === CLOSING) continue;
    if (seqOf(line.bytes) === 0 || readSum(line.bytes, line.text) !== undefined) continue;
    tell(1, reason, true);
    return 1;
  }
  const tail = tailFrom(disk, doubt ?? place);
  if (tail.kind !== "damaged") return count;
  if (doubt?.reason === CLOSING) tell(doubt.line, tail.reason);
  else {
    if (doubt !== undefined) tell(doubt.line, doubt.reason);
    const rest = tailFrom(disk, place);
    if (rest.kind === "damaged") tell(count + 1, rest.reason, count === 0);
  }
  return count;
}

function tailFrom(disk: Disk, { before, offset }: Place): Tail {
  return readTail(disk, { records: before.seq + 1, lastSum: before.sums[0] ?? "", end: offset });
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => BLANK.has(byte));
}

/** A line as the next one sees it. */
interface LineBefore {
  /** The position that is written in it, or else the one that it should have. */
  readonly seq: number;
  /** Its possible checksums: the one written in it, then those that its text would have. Empty if none is written. */
  readonly sums: readonly string[];
  readonly isSound: boolean;
}

const NOTHING_BEFORE: LineBefore = { seq: -1, sums: [""], isSound: true };

interface JudgedLine {
  readonly asBefore: LineBefore;
  /** Why it is no record of the journal; absent for a record, and for a line of which nothing is known. */
  readonly reason?: string | undefined;
  readonly unknown?: string | undefined;
}

/** In several damaged lines in a row, each may have a changed text or a changed checksum. */
const MAX_SUMS = 4;
const LATIN1 = new TextDecoder("latin1");

/** Judges a line by itself and by the line before it, of which only the written checksum has to be sound. */
function judgeLine({ bytes, text }: Line, before: LineBefore): JudgedLine {
  if (bytes[0] === BRACKET && isBlank(bytes.subarray(1))) return { asBefore: before, reason: CLOSING };
  const written = readSum(bytes, text);
  const ownSeq = seqOf(bytes);
  const expected = before.seq + 1;
  if (written === undefined) {
    const asBefore = { seq: ownSeq ?? expected, sums: [], isSound: false };
    return { asBefore, reason: "has no checksum at its end" };
  }
  // After damage the line itself says its position, if its checksum is right.
  const seq = before.isSound ? expected : Math.max(1, ownSeq ?? expected);
  let reason: string | undefined;
  for (const sum of before.sums) {
    const decoded = decodeLine(bytes, seq, sum, { text });
    if (!("reason" in decoded)) {
      return { asBefore: { seq, sums: [decoded.sum], isSound: true }, unknown: decoded.record.unknown };
    }
    if (decoded.isIntact) {
      return { asBefore: { seq: ownSeq ?? seq, sums: [written], isSound: false }, reason: decoded.reason };
    }
    reason ??= decoded.reason;
  }
  const sums = [written, ...before.sums.map((sum) => chainSum(sum, coveredBytes(bytes)))].slice(0, MAX_SUMS);
  const asBefore = { seq: ownSeq ?? expected, sums, isSound: false };
  if (reason === undefined || bytes[0] !== recordMarker(seq).charCodeAt(0)) return { asBefore, reason };
  return { asBefore, reason: explainMismatch(reason, ownSeq, before) };
}

function explainMismatch(reason: string, ownSeq: number | undefined, before: LineBefore): string {
  const isNext = ownSeq === undefined || ownSeq === before.seq + 1;
  if (isNext) return before.isSound ? reason : `${reason} and the line before`;
  const why = ownSeq > before.seq
    ? "lines are missing here, or this one is damaged"
    : "this line is duplicated, out of place, or damaged";
  return `${reason} and the line before, and "seq" ${ownSeq} after ${before.seq}: ${why}`;
}

/** Looks only at the beginning, where every writer puts it: the line may no longer be JSON. */
function seqOf(bytes: Uint8Array): number | undefined {
  const found = /^[[,]\{"seq":(\d{1,8}),/.exec(LATIN1.decode(bytes.subarray(0, 20)))?.[1];
  return found === undefined ? undefined : Number(found);
}
