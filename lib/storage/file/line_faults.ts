import { decodeLine } from "../../journal/decode_line.ts";
import { chainSum, coveredBytes, recordMarker, splitLine } from "../../journal/encode_record.ts";
import type { FaultyLine } from "../store.ts";
import type { Tail } from "./classify_tail.ts";
import { type Disk, fileDisk } from "./disk.ts";
import { type Line, LineReader } from "./line_reader.ts";
import { openRegularFile } from "./open_file.ts";
import { readTail } from "./scan_journal.ts";

/**
 * See `Store.findFaults`. It continues after each damaged line, because a line can be checked against the checksum that
 * is written in the line before it. What resumes a journal must not do that.
 */
export function findLineFaults(journal: string, report: (fault: FaultyLine) => void): number {
  using file = openRegularFile(journal, "read");
  const disk = fileDisk(file);
  const lines = new LineReader(disk, 0);
  const survey = new LineSurvey(disk, report);
  for (let line = lines.next(); line !== undefined; line = lines.next()) {
    survey.add(line);
    if (survey.isForeign) return 1;
  }
  survey.end();
  return survey.count;
}

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

class LineSurvey {
  count = 0;
  /** The file was never a journal: its other lines do not matter. */
  isForeign = false;
  readonly #disk: Disk;
  readonly #report: (fault: FaultyLine) => void;
  #place: Place = { before: NOTHING_BEFORE, offset: 0 };
  #doubt: Doubt | undefined;

  constructor(disk: Disk, report: (fault: FaultyLine) => void) {
    this.#disk = disk;
    this.#report = report;
  }

  add(line: Line): void {
    this.count += 1;
    const { before, offset } = this.#place;
    const next = offset + line.bytes.length + 1;
    const isRestOfEnd = this.#doubt?.reason === CLOSING && isBlank(line.bytes);
    if (isRestOfEnd) this.#place = { before, offset: next };
    else if (isClosing(line)) this.#advance({ before, offset: next }, CLOSING);
    else {
      const { asBefore, reason, unknown } = judgeLine(line, before);
      this.#advance({ before: asBefore, offset: next }, reason);
      if (unknown !== undefined) this.#report({ line: this.count, reason: unknown, isNew: true });
      if (this.count > 1 || reason === undefined || mayBeFirst(line)) return;
      this.isForeign = true;
      this.#tell(1, reason);
    }
  }

  /** Judges what follows the last line. */
  end(): void {
    const doubt = this.#doubt;
    const tail = this.#tailFrom(doubt ?? this.#place);
    if (tail.kind !== "damaged") return;
    if (doubt?.reason === CLOSING) return this.#tell(doubt.line, tail.reason);
    if (doubt !== undefined) this.#tell(doubt.line, doubt.reason);
    const rest = this.#tailFrom(this.#place);
    this.isForeign = this.count === 0;
    if (rest.kind === "damaged") this.#tell(this.count + 1, rest.reason);
  }

  #advance(place: Place, reason: string | undefined): void {
    if (this.#doubt !== undefined) this.#tell(this.#doubt.line, this.#doubt.reason);
    this.#doubt = reason === undefined ? undefined : { ...this.#place, line: this.count, reason };
    this.#place = place;
  }

  #tailFrom({ before, offset }: Place): Tail {
    const lastSum = before.sums[0] ?? "";
    return readTail(this.#disk, { records: before.seq + 1, lastSum, end: offset });
  }

  #tell(line: number, reason: string): void {
    const subject = this.isForeign ? "it is no journal of resumable-tx: the line" : "the line";
    this.#report({ line, reason: `${subject} ${reason}`, isNew: false });
  }
}

function isClosing({ bytes }: Line): boolean {
  return bytes[0] === BRACKET && isBlank(bytes.subarray(1));
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
  readonly reason?: string;
  /** What a newer version wrote in it, in words. */
  readonly unknown?: string;
}

/** In several damaged lines in a row, each may have a changed text or a changed checksum. */
const MAX_SUMS = 4;
const LATIN1 = new TextDecoder("latin1");

/** Judges a line by itself and by the line before it, of which only the written checksum has to be sound. */
function judgeLine({ bytes, text }: Line, before: LineBefore): JudgedLine {
  const parts = splitLine(bytes, text);
  if (parts === undefined) {
    const seq = seqOf(bytes) ?? before.seq + 1;
    return { asBefore: { seq, sums: [], isSound: false }, reason: "has no checksum at its end" };
  }
  const ownSeq = seqOf(bytes);
  const expected = before.seq + 1;
  // After damage the line itself says its position, if its checksum is right.
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

/** Tells whether a line that is no record may have been the first line of a journal. */
function mayBeFirst({ bytes, text }: Line): boolean {
  return seqOf(bytes) === 0 || splitLine(bytes, text) !== undefined;
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
