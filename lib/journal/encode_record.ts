import { sha256 } from "../process/sha256.ts";
import { escapeJsonText } from "../text/escape.ts";
import type { Event } from "./event.ts";

/** One durable append: one line of the file, one or more events that became true together. */
export interface JournalRecord {
  /** Position in the journal, counted from 0. This, not the clock, is the order of things. */
  readonly seq: number;
  /** When it was written, as an ISO date; for people. */
  readonly at: string;
  /** What happened. */
  readonly events: readonly Event[];
  /** What a newer version wrote in it, in words; its event is left out. Never written. */
  readonly unknown?: string;
}

/** So many characters has a checksum. */
export const SUM_LENGTH = 43;
/** Stands before the checksum. */
export const BEFORE_SUM = ',"sum":"';
const BEHIND_SUM = '"}';
/** `,"sum":"…"}` behind the covered bytes; as many characters as bytes. */
export const SUFFIX_LENGTH: number = BEFORE_SUM.length + SUM_LENGTH + BEHIND_SUM.length;
const LATIN1 = new TextDecoder("latin1");

/** A line of a journal, and the checksum that is written in it. */
export interface SplitLine {
  /** Its bytes. */
  readonly line: Uint8Array;
  /** The checksum. It covers all that stands before it, {@linkcode coveredBytes}. */
  readonly sum: string;
}

/**
 * Takes the checksum from the end of a line, without verifying it; nothing when there is none.
 *
 * @param line The bytes, without the newline.
 * @param text The same as text, where it is at hand.
 */
export function splitLine(line: Uint8Array, text: string | undefined): SplitLine | undefined {
  if (line.length < SUFFIX_LENGTH) return undefined;
  // As it is ASCII alone, its characters are the last bytes.
  const known = text ?? LATIN1.decode(line.subarray(-SUFFIX_LENGTH));
  const start = known.length - SUFFIX_LENGTH;
  if (!known.startsWith(BEFORE_SUM, start) || !known.endsWith(BEHIND_SUM)) return undefined;
  const sum = known.slice(start + BEFORE_SUM.length, -BEHIND_SUM.length);
  return { line, sum };
}

/** Tells whether a checksum is the one that is written in a line. */
export function isWritten(sum: string, line: Uint8Array): boolean {
  const start = line.length - SUM_LENGTH - BEHIND_SUM.length;
  for (let i = 0; i < SUM_LENGTH; i += 1) if (line[start + i] !== sum.charCodeAt(i)) return false;
  return sum.length === SUM_LENGTH;
}

/** The bytes of a line that its checksum covers. */
export function coveredBytes(line: Uint8Array): Uint8Array {
  return line.subarray(0, line.length - SUFFIX_LENGTH);
}

const ENCODER = new TextEncoder();
/** Stands in the bytes of a record until the checksum of what is before it is known. */
const NO_SUM = "-".repeat(SUM_LENGTH);
/** What stands behind the covered bytes, newline and bracket. */
const END_LENGTH = SUFFIX_LENGTH + 2;

/** The longest line of a journal, in bytes. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;

/** A record as it stands in the file. */
interface EncodedRecord {
  /** The whole line, marker first and newline last. */
  readonly line: string;
  /** The same in UTF-8, and behind it the bracket that closes the file until the next record takes its place. */
  readonly bytes: Uint8Array;
  /** Its checksum, which the next record's covers. */
  readonly sum: string;
}

/**
 * Writes a record as a line. The marker is the line's first byte, so that the whole file is one JSON array.
 *
 * @param record The record, or its events written by {@linkcode encodeEvents}.
 * @param previousSum The checksum of the record before; empty for the first.
 */
export function encodeRecord(
  { seq, at, events }: JournalRecord | EncodedEvents,
  previousSum: string,
): EncodedRecord {
  const marker = recordMarker(seq);
  const text = typeof events === "string" ? events : encodeEvents(events);
  const covered = `${marker}{"seq":${seq},"at":${JSON.stringify(at)},"events":${text}`;
  // Encoding takes longer than all else here, so it is done once, and the checksum is put in afterwards.
  const bytes = ENCODER.encode(`${covered},"sum":"${NO_SUM}"}\n]`);
  const sum = chainSum(previousSum, bytes.subarray(0, -END_LENGTH));
  ENCODER.encodeInto(sum, bytes.subarray(BEFORE_SUM.length - END_LENGTH));
  return { line: `${covered},"sum":"${sum}"}\n`, bytes, sum };
}

/** The first byte of a record's line, as text: with these, and the bracket at the end, the file is one JSON array. */
export function recordMarker(seq: number): "[" | "," {
  return seq === 0 ? "[" : ",";
}

/** A record whose events have been written already. */
interface EncodedEvents extends Pick<JournalRecord, "seq" | "at"> {
  /** Its events. */
  readonly events: string;
}

/** Writes events as they stand in a record: a JSON array, escaped. */
export function encodeEvents(events: readonly Event[]): string {
  return escapeJsonText(JSON.stringify(events));
}

/** Makes one list of several that {@linkcode encodeEvents} has written, none of them empty. */
export function joinEvents(texts: readonly string[]): string {
  return texts.length === 1 ? texts[0] ?? "" : `[${texts.map((text) => text.slice(1, -1)).join(",")}]`;
}

/**
 * Computes the checksum of a record: SHA-256, in base64url, of the previous checksum, a newline, and the bytes of the
 * line that stand before `,"sum"`. It finds damage; it is no signature.
 */
export function chainSum(previousSum: string, covered: string | Uint8Array): string {
  const bytes = typeof covered === "string" ? ENCODER.encode(covered) : covered;
  return sha256(bytes, `${previousSum}\n`).toBase64({ alphabet: "base64url", omitPadding: true });
}
