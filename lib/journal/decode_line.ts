import { MAX_COUNT } from "../plan/node.ts";
import { attempt, isObject } from "../values/shape.ts";
import {
  chainSum,
  coveredBytes,
  isWritten,
  type JournalRecord,
  readSum,
  recordMarker,
  SUFFIX_LENGTH,
} from "./encode_record.ts";
import { type Event, FORMAT, parseEvent } from "./event.ts";
import { readCommonRecord } from "./read_common_record.ts";

const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const KNOWN: ReadonlySet<string> = new Set(["seq", "at", "events", "sum"]);
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

export interface DecodedLine {
  /** Without the events that this version does not know: `unknown` describes the first. */
  readonly record: JournalRecord;
  readonly sum: string;
}

interface LineFault {
  readonly reason: string;
  /** The checksum is right: a program wrote these bytes, no disk damaged them. */
  readonly isIntact: boolean;
}

export interface DecodeOptions {
  /** The same bytes as text, if they are decoded already. */
  readonly text?: string | undefined;
  /** @default {hasSum} */
  readonly verify?: VerifySum | undefined;
  /** The date of the record before. */
  readonly previousAt?: string | undefined;
}

/** Whether the checksum that was read from a line is right, given that of the line before. */
export type VerifySum = (line: Uint8Array, sum: string, previousSum: string) => boolean;

export function hasSum(line: Uint8Array, sum: string, previousSum: string): boolean {
  return chainSum(previousSum, coveredBytes(line)) === sum;
}

/** Reads a line, without its newline, as record `seq`. `previousSum` is that of the record before, or empty. */
export function decodeLine(
  line: Uint8Array,
  seq: number,
  previousSum: string,
  { text = attempt(() => DECODER.decode(line)), verify = hasSum, previousAt }: DecodeOptions = {},
): DecodedLine | LineFault {
  if (line[0] !== recordMarker(seq).charCodeAt(0)) return { reason: describeWrongMarker(seq), isIntact: false };
  const sum = readSum(line, text);
  if (sum === undefined) return { reason: "has no checksum at its end", isIntact: false };
  if (!verify(line, sum, previousSum)) return { reason: "has a checksum that does not fit its text", isIntact: false };
  const common = text && readCommonRecord(text, text.length - SUFFIX_LENGTH, seq, previousAt);
  if (common) return { record: common, sum };
  const parsed: unknown = text === undefined ? undefined : attempt(() => JSON.parse(text.slice(1)));
  if (parsed === undefined) return { reason: "is not JSON in UTF-8", isIntact: true };
  if (hasMistakenKey(text, parsed)) return { reason: "has an escaped key that is read as another", isIntact: true };
  if (!isObject(parsed)) return { reason: "is not an object", isIntact: true };
  const { seq: foundSeq, at, events } = parsed;
  if (foundSeq !== seq) return { reason: `has seq ${JSON.stringify(foundSeq)} instead of ${seq}`, isIntact: true };
  if (seq > MAX_COUNT) return { reason: `has more than ${MAX_COUNT} records before it`, isIntact: true };
  if (typeof at !== "string" || !INSTANT.test(at)) return { reason: 'has no date in "at"', isIntact: true };
  if (!Array.isArray(events) || events.length === 0) return { reason: "has no events", isIntact: true };
  // All four are there by now.
  const keys = Object.keys(parsed);
  const extra = keys.length === KNOWN.size ? undefined : keys.find((key) => !KNOWN.has(key));
  const unknown = extra === undefined ? undefined : `key ${JSON.stringify(extra)} of a record`;
  const decoded = decodeEvents(events, unknown);
  if ("reason" in decoded) return decoded;
  const record = { seq, at, events: decoded.events };
  return { record: decoded.unknown === undefined ? record : { ...record, unknown: decoded.unknown }, sum };
}

function decodeEvents(
  values: readonly unknown[],
  unknown?: string,
): Pick<JournalRecord, "events" | "unknown"> | LineFault {
  const events: Event[] = [];
  for (const [index, value] of values.entries()) {
    const format = newerFormat(value);
    if (format !== undefined) {
      // A newer format matters more than anything else that is new.
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
  return { events, unknown };
}

/** The format number of an `opened` event of a newer version, whose other members may mean anything. */
function newerFormat(event: unknown): number | undefined {
  if (!isObject(event) || event["type"] !== "opened") return undefined;
  const format = event["format"];
  return typeof format === "number" && Number.isInteger(format) && format > FORMAT ? format : undefined;
}

export function describeWrongMarker(seq: number): string {
  return `does not begin with ${JSON.stringify(recordMarker(seq))}`;
}

/** The end of a key that is written with an escape: its last escape, the rest of it, and a colon. */
const ESCAPED_KEY = /\\.[^"\\]*"\s*:/g;

/** V8 may take an escaped key for another one, see `needsEscape`. Then a key that is in the text is not in what was read. */
function hasMistakenKey(text: string | undefined, parsed: unknown): boolean {
  if (text?.includes("\\") !== true) return false;
  let keys: Map<string, number> | undefined;
  for (const { index, 0: found } of text.matchAll(ESCAPED_KEY)) {
    keys ??= countKeys(parsed);
    const key = readKey(text, index + found.lastIndexOf('"'));
    const left = keys.get(key) ?? 0;
    if (left === 0) return true;
    keys.set(key, left - 1);
  }
  return false;
}

/** Reads the key that ends with a quotation mark. Alone, without an object, V8 reads it rightly. */
function readKey(text: string, end: number): string {
  for (let start = text.lastIndexOf('"', end - 1);; start = text.lastIndexOf('"', start - 1)) {
    let escape = start;
    while (text[escape - 1] === "\\") escape -= 1;
    if ((start - escape) % 2 === 0) return String(JSON.parse(text.slice(start, end + 1)));
  }
}

/** How often each key occurs in JSON, which may be nested deeper than functions can call themselves. */
function countKeys(json: unknown): Map<string, number> {
  const counts = new Map<string, number>();
  const parts: unknown[] = [json];
  for (const part of parts) {
    if (typeof part !== "object" || part === null) continue;
    for (const [key, member] of Object.entries(part)) {
      if (!Array.isArray(part)) counts.set(key, (counts.get(key) ?? 0) + 1);
      parts.push(member);
    }
  }
  return counts;
}

const NEWLINE = 0x0a;

/** Whether each line has the checksum that follows from the line before it; each line ends with a newline. */
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
