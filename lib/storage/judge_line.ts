import { decodeLine } from "../journal/decode_line.ts";
import { chainSum, recordMarker } from "../journal/encode_record.ts";
import { coveredBytes, splitLine } from "../journal/split_line.ts";
import type { Line } from "./line_reader.ts";

/** A line as the one behind it sees it. */
export interface LineBefore {
  /** The position that it says it has; where it says none, the one that it should have. */
  readonly seq: number;
  /** What its checksum may be: the one written in it, then those that its text would have. Empty when none is written. */
  readonly sums: readonly string[];
  /** It is a record. */
  readonly isSound: boolean;
}

/** What is before the first line. */
export const NOTHING_BEFORE: LineBefore = { seq: -1, sums: [""], isSound: true };

/** What was found out about a line. */
export interface JudgedLine {
  /** What the next line is judged by. */
  readonly asBefore: LineBefore;
  /** Why it is no record of the journal; absent for one, and for a line that nothing is known against. */
  readonly reason?: string;
  /** What a newer version wrote in it, in words. */
  readonly unknown?: string;
}

/** Of several damaged lines in a row, each may have a changed text or a changed checksum. */
const MAX_SUMS = 4;
const LATIN1 = new TextDecoder("latin1");

/** Judges a line by itself and by the line before it, of which nothing needs to be sound but the written checksum. */
export function judgeLine({ bytes, text }: Line, before: LineBefore): JudgedLine {
  const parts = splitLine(bytes, text);
  if (parts === undefined) {
    const seq = seqOf(bytes) ?? before.seq + 1;
    return { asBefore: { seq, sums: [], isSound: false }, reason: "has no checksum at its end" };
  }
  const ownSeq = seqOf(bytes);
  const expected = before.seq + 1;
  // Behind damage it is the line itself that says where it stands, if its checksum holds.
  const seq = before.isSound ? expected : Math.max(1, ownSeq ?? expected);
  let reason: string | undefined;
  for (const sum of before.sums) {
    const decoded = decodeLine(bytes, seq, sum, { text });
    if (!("reason" in decoded)) {
      const asBefore = { seq, sums: [decoded.sum], isSound: true };
      return decoded.unknown === undefined ? { asBefore } : { asBefore, unknown: decoded.unknown };
    }
    if (decoded.isIntact) {
      return { asBefore: { seq: ownSeq ?? seq, sums: [parts.sum], isSound: false }, reason: decoded.reason };
    }
    reason ??= decoded.reason;
  }
  const sums = [parts.sum, ...before.sums.map((sum) => chainSum(sum, coveredBytes(bytes)))].slice(0, MAX_SUMS);
  const asBefore = { seq: ownSeq ?? expected, sums, isSound: false };
  if (reason === undefined) return { asBefore };
  return {
    asBefore,
    reason: bytes[0] === recordMarker(seq).charCodeAt(0) ? explainMismatch(reason, ownSeq, before) : reason,
  };
}

/** Tells whether a line that is no record may have been the first one of a journal. */
export function mayBeFirst({ bytes, text }: Line): boolean {
  return seqOf(bytes) === 0 || splitLine(bytes, text) !== undefined;
}

function explainMismatch(reason: string, ownSeq: number | undefined, before: LineBefore): string {
  const isNext = ownSeq === undefined || ownSeq === before.seq + 1;
  if (isNext) return before.isSound ? reason : `${reason} and the line before`;
  const why = ownSeq > before.seq
    ? "lines are missing here, or this one is damaged"
    : "this line is doubled, out of its place, or damaged";
  return `${reason} and the line before, and "seq" ${ownSeq} behind ${before.seq}: ${why}`;
}

/** Looks at the beginning alone, where every writer puts it: the line may not be JSON any more. */
function seqOf(bytes: Uint8Array): number | undefined {
  const found = /^[[,]\{"seq":(\d{1,8}),/.exec(LATIN1.decode(bytes.subarray(0, 20)))?.[1];
  return found === undefined ? undefined : Number(found);
}
