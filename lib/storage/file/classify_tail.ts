import { beginsWithLine, withMarker } from "../../journal/encode_record.ts";
import type { Disk } from "./disk.ts";

/**
 * Distinguishes what a crash leaves after the last whole record from damage.
 *
 * An append overwrites the closing bracket at `start` and the filler after it. The length of the file and its filler were
 * synced before (see `journal_file.ts`). So after a crash the file still ends in filler, every 512-byte sector of the append
 * is either old or new, and there is only one append. Anything else is damage. A journal at rest has no filler: there
 * everything is damage.
 */

/** At least this many bytes of filler follow an append. */
export const LEAST_FILLER = 512;
/** Fills the room that is kept after the closing bracket. */
export const FILLER = 0x09;

const SECTOR = 512;
const NEWLINE = 0x0a;
const BRACKET = 0x5d;
const BLANK = 0x20;
const BEGINNING = new TextEncoder().encode('[{"seq":0,');

export type Tail =
  /** The closing bracket, with nothing after it that matters. */
  | { readonly kind: "closed" }
  /** Only filler: the last append was cut short right before its closing bracket. */
  | { readonly kind: "unclosed" }
  /** The beginning, or parts, of an append that did not complete. */
  | { readonly kind: "torn"; readonly bytes: number }
  /** What no crash leaves. */
  | {
    readonly kind: "damaged";
    readonly reason: string;
    /** The file is empty, does not begin like a journal, or has a blank in place of its first byte: see `moving_file.ts`. */
    readonly file?: "empty" | "foreign" | "suspended";
  };

export interface TailStart {
  /** The offset after the last record, where the closing bracket belongs. */
  readonly end: number;
  /** The number of records before it; the next one's `seq`. */
  readonly records: number;
  /** The checksum of the last record; empty before the first. */
  readonly lastSum: string;
}

/** `region`: the bytes from where the closing bracket should be to the end of the file. */
export function classifyTail(region: Uint8Array, start: TailStart): Tail {
  const content = region.subarray(0, contentLength(region));
  if (content[0] === BRACKET && isBlank(content.subarray(1))) return { kind: "closed" };
  if (region.length - content.length < LEAST_FILLER) return { kind: "damaged", reason: reasonAtRest(content) };
  if (content.length === 0) return { kind: "unclosed" };
  if (isTorn(content, start)) return { kind: "torn", bytes: content.length };
  return { kind: "damaged", reason: "is neither a record nor what a crash leaves of one" };
}

function reasonAtRest(content: Uint8Array): string {
  if (content.length === 0) return "is missing: the file ends without its closing bracket";
  return content[0] === BRACKET ? "has something after the closing bracket" : "is no record";
}

function isTorn(content: Uint8Array, { end: start, records, lastSum }: TailStart): boolean {
  const newline = content.indexOf(NEWLINE);
  // Only its closing bracket follows the newline of an append.
  if (newline !== -1 && content.length - newline > 2) return false;
  const firstSectorEnd = SECTOR - (start % SECTOR);
  // A whole record whose newline was changed is damage; its marker may not have reached the disk. It may be the last one that
  // was acknowledged, followed by a torn append: it must not be cut off.
  if (beginsWithLine(withMarker(content, records), lastSum)) return false;
  // A later sector was written, the one with the old bracket was not.
  if (content[0] === BRACKET) return content.subarray(1, firstSectorEnd).every(isFillerByte);
  // Only the byte in the bracket's place.
  if (content.length === 1) return true;
  // Without a record before it, any file could look like this one.
  if (start === 0 && !startsLikeJournal(content)) return false;
  for (let sector = firstSectorEnd; sector + SECTOR < content.length; sector += SECTOR) {
    if (content.subarray(sector, sector + SECTOR).every(isFillerByte)) return true;
  }
  return newline === -1 && (start + content.length) % SECTOR === 0;
}

/** The length without trailing filler. In a file that grew before its data was written, that is NUL. */
function contentLength(region: Uint8Array): number {
  for (let length = region.length; length > 0; length -= 1) {
    const byte = region[length - 1];
    if (byte !== FILLER && byte !== 0) return length;
  }
  return 0;
}

function isFillerByte(byte: number | undefined): boolean {
  return byte === FILLER || byte === 0;
}

/** An editor may have put a newline at the end of a file at rest. */
function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === NEWLINE || byte === 0x0d || byte === 0x20 || isFillerByte(byte));
}

export function startsLikeJournal(bytes: Uint8Array): boolean {
  return BEGINNING.every((byte, index) => bytes[index] === byte);
}

/** It is a journal but for the first byte, which is a blank. */
export function isSuspended(bytes: Uint8Array): boolean {
  return bytes[0] === BLANK && BEGINNING.every((byte, index) => index === 0 || bytes[index] === byte);
}

/** Of a regular file. If it may not be read, its name decides: it is better to list it than to pass over a journal. */
export function beginsLikeJournal(path: string): boolean {
  try {
    using file = Deno.openSync(path, { read: true });
    const bytes = new Uint8Array(BEGINNING.length);
    return file.readSync(bytes) === bytes.length && startsLikeJournal(bytes);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    if (error instanceof Deno.errors.PermissionDenied) return path.endsWith(".json");
    throw error;
  }
}

/** How far a journal has been read, and what follows. */
export interface Scan extends TailStart {
  /** The last record's line, as it should be. */
  readonly lastLine: Uint8Array;
  readonly tail: Tail;
  readonly unknown: string | undefined;
}

export const EMPTY_SCAN: Scan = {
  records: 0,
  lastSum: "",
  lastLine: new Uint8Array(),
  end: 0,
  tail: { kind: "unclosed" },
  unknown: undefined,
};

/** Tells whether the last owner of a journal has removed the filler, as it does to keep the journal. */
export function isAtRest(disk: Disk, { end }: Scan): boolean {
  return disk.size() - end - 1 < LEAST_FILLER;
}
