import { MAX_COUNT } from "../plan/node.ts";
import { isObject } from "../values/shape.ts";
import {
  chainSum,
  coveredBytes,
  isWritten,
  type JournalRecord,
  recordMarker,
  type SplitLine,
  splitLine,
  SUFFIX_LENGTH,
} from "./encode_record.ts";
import { type Event, FORMAT, parseEvent } from "./event.ts";
import { readCommonRecord } from "./read_common_record.ts";

const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const KNOWN: ReadonlySet<string> = new Set(["seq", "at", "events", "sum"]);
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** A line of a journal, read. */
export interface DecodedLine {
  /** The record; events that this version does not know are left out of it. */
  readonly record: JournalRecord;
  /** Its checksum. */
  readonly sum: string;
  /** What a newer version wrote, in words; absent when all of it is known. */
  readonly unknown?: string;
}

/** A line that is no record. */
interface LineFault {
  /** Why. */
  readonly reason: string;
  /** The checksum holds: a writer put these bytes there, no disk damaged them. */
  readonly isIntact: boolean;
}

/** How a line is read. */
export interface DecodeOptions {
  /** The same bytes as text, where they have been decoded already. */
  readonly text?: string | undefined;
  /** Verifies the checksum; {@linkcode hasSum} unless it is given. */
  readonly verify?: VerifySum | undefined;
  /** The date of the record before, as it was read. */
  readonly previousAt?: string | undefined;
}

/** Tells whether the checksum of a line is right, by that of the line before. */
export type VerifySum = (line: SplitLine, previousSum: string) => boolean;

/** Computes the checksum of a line, and compares. */
export function hasSum({ line, sum }: SplitLine, previousSum: string): boolean {
  return chainSum(previousSum, coveredBytes(line)) === sum;
}

/**
 * Reads one line, without its newline, as the record that follows the given one.
 *
 * @param line The bytes, the marker first.
 * @param seq The record's expected position.
 * @param previousSum The checksum of the record before; empty for the first.
 */
export function decodeLine(
  line: Uint8Array,
  seq: number,
  previousSum: string,
  { text = decodeText(line), verify = hasSum, previousAt }: DecodeOptions = {},
): DecodedLine | LineFault {
  const parts = splitMarked(line, text, seq);
  if ("reason" in parts) return parts;
  const { sum } = parts;
  if (!verify(parts, previousSum)) return { reason: "has a checksum that does not fit its text", isIntact: false };
  const common = text === undefined
    ? undefined
    : readCommonRecord(text, text.length - SUFFIX_LENGTH, { seq, previousAt });
  if (common !== undefined) return { record: common, sum };
  const parsed = text === undefined ? undefined : parseBody(text);
  if (parsed === undefined) return { reason: "is not JSON in UTF-8", isIntact: true };
  if (!isObject(parsed)) return { reason: "is not an object", isIntact: true };
  const { seq: foundSeq, at, events } = parsed;
  if (foundSeq !== seq) return { reason: `has seq ${JSON.stringify(foundSeq)} instead of ${seq}`, isIntact: true };
  if (seq > MAX_COUNT) return { reason: `has more than ${MAX_COUNT} records before it`, isIntact: true };
  if (typeof at !== "string" || !INSTANT.test(at)) return { reason: 'has no date in "at"', isIntact: true };
  if (!Array.isArray(events) || events.length === 0) return { reason: "has no events", isIntact: true };
  // All the four are there by now.
  const keys = Object.keys(parsed);
  const extra = keys.length === KNOWN.size ? undefined : keys.find((key) => !KNOWN.has(key));
  const unknown = extra === undefined ? undefined : `key ${JSON.stringify(extra)} of a record`;
  return decodeEvents({ seq, at, events, sum, unknown });
}

interface RawRecord {
  readonly seq: number;
  readonly at: string;
  readonly events: readonly unknown[];
  readonly sum: string;
  readonly unknown: string | undefined;
}

function decodeEvents(raw: RawRecord): DecodedLine | LineFault {
  let unknown = raw.unknown;
  const events: Event[] = [];
  for (const [index, value] of raw.events.entries()) {
    const format = newerFormat(value);
    if (format !== undefined) {
      // What a newer format says of itself comes before all else that is new in it.
      unknown = `format ${format}`;
      continue;
    }
    const parsed = parseEvent(value);
    if ("event" in parsed) {
      events.push(parsed.event);
      continue;
    }
    const { path, reason, isNew } = parsed.fault;
    if (!isNew) return { reason: `has an event ${index}${path} that ${reason}`, isIntact: true };
    unknown ??= `event ${index}${path}, which ${reason},`;
  }
  const record = { seq: raw.seq, at: raw.at, events };
  return unknown === undefined ? { record, sum: raw.sum } : { record, sum: raw.sum, unknown };
}

/** The format number of an `opened` event that a newer version wrote, whose other members may mean anything. */
function newerFormat(event: unknown): number | undefined {
  if (!isObject(event) || event["type"] !== "opened") return undefined;
  const format = event["format"];
  return typeof format === "number" && Number.isInteger(format) && format > FORMAT ? format : undefined;
}

function splitMarked(line: Uint8Array, text: string | undefined, seq: number): SplitLine | LineFault {
  if (line[0] !== recordMarker(seq).charCodeAt(0)) return { reason: describeWrongMarker(seq), isIntact: false };
  return splitLine(line, text) ?? { reason: "has no checksum at its end", isIntact: false };
}

/** Says of a line that its first byte is not that of a record. */
export function describeWrongMarker(seq: number): string {
  return `does not begin with ${JSON.stringify(recordMarker(seq))}`;
}

function decodeText(line: Uint8Array): string | undefined {
  try {
    return DECODER.decode(line);
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) return undefined;
    throw error;
  }
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text.slice(1));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}

const NEWLINE = 0x0a;

/**
 * Tells whether each of some lines has the checksum that follows from the one before it.
 *
 * @param lines The lines, each with its newline.
 * @param previousSum The checksum before the first of them.
 */
export function verifyLines(lines: Uint8Array, previousSum: string): boolean {
  let sum = previousSum;
  for (let start = 0; start < lines.length;) {
    const end = lines.indexOf(NEWLINE, start);
    if (end === -1) return false;
    const line = lines.subarray(start, end);
    sum = chainSum(sum, coveredBytes(line));
    if (!isWritten(sum, line)) return false;
    start = end + 1;
  }
  return true;
}
