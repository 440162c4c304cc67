import { BEFORE_SUM, SUFFIX_LENGTH } from "../../journal/encode_record.ts";

/**
 * Tells what a crash leaves behind the last whole record from what only damage can leave there.
 *
 * An append overwrites the closing bracket at `start` and the filler behind it, inside a file whose length and filler were
 * synced before (see `journal_file.ts`). So after a crash the file still ends in filler, every 512-byte sector of the
 * append is either as it was or as it was to be, and there is only one append. Whatever does not look like that was not
 * left by a crash. At rest a journal has no filler: there nothing is ever taken for torn.
 */

/** The least number of filler bytes behind an append. */
export const LEAST_FILLER = 512;
/** The byte that fills the room kept behind the closing bracket. */
export const FILLER = 0x09;

const SECTOR = 512;
const NEWLINE = 0x0a;
const BRACKET = 0x5d;
/** A value may hold what looks like a checksum; only so many places are looked at. */
const MAX_SUMS = 64;
/** How every journal begins. */
export const BEGINNING: Uint8Array<ArrayBuffer> = new TextEncoder().encode('[{"seq":0,');

/** What stands behind the last whole record. */
export type Tail =
  /** The closing bracket, and nothing else that matters. */
  | { readonly kind: "closed" }
  /** Nothing but filler: the append before this one was cut short right before its closing bracket. */
  | { readonly kind: "unclosed" }
  /** The beginning, or parts, of an append that never ended. */
  | { readonly kind: "torn"; readonly bytes: number }
  /** Something that no crash makes. */
  | {
    readonly kind: "damaged";
    /** What is wrong with the line. */
    readonly reason: string;
    /** There is nothing in the file, or it does not begin as a journal does. */
    readonly file?: "empty" | "foreign";
  };

/**
 * Classifies the bytes behind the last whole record.
 *
 * @param region All bytes from where the closing bracket should be to the end of the file.
 * @param start Offset of the region in the file.
 * @param isWholeRecord Tells whether bytes are a record whose checksum holds.
 */
export function classifyTail(region: Uint8Array, start: number, isWholeRecord: (line: Uint8Array) => boolean): Tail {
  const content = region.subarray(0, contentLength(region));
  if (content[0] === BRACKET && isBlank(content.subarray(1))) return { kind: "closed" };
  if (region.length - content.length < LEAST_FILLER) return { kind: "damaged", reason: reasonAtRest(content) };
  if (content.length === 0) return { kind: "unclosed" };
  if (isTorn(content, start, isWholeRecord)) return { kind: "torn", bytes: content.length };
  return { kind: "damaged", reason: "is neither a record nor what a crash leaves of one" };
}

function reasonAtRest(content: Uint8Array): string {
  if (content.length === 0) return "is missing: the file ends without its closing bracket";
  return content[0] === BRACKET ? "has something behind the closing bracket" : "is no record";
}

function isTorn(content: Uint8Array, start: number, isWholeRecord: (line: Uint8Array) => boolean): boolean {
  const newline = content.indexOf(NEWLINE);
  // Behind the newline of an append comes its closing bracket and nothing else.
  if (newline !== -1 && content.length - newline > 2) return false;
  const firstSectorEnd = SECTOR - (start % SECTOR);
  // A whole record whose newline was changed is damage, wherever it ends.
  if (hasWholeRecord(content, isWholeRecord)) return false;
  // The sector with the old bracket was not written, a later one was.
  if (content[0] === BRACKET) return isFiller(content.subarray(1, firstSectorEnd));
  // The byte in the bracket's place is all that there is.
  if (content.length === 1) return true;
  // Without a record before it, any file could look like this one.
  if (start === 0 && !BEGINNING.every((byte, index) => content[index] === byte)) return false;
  for (let sector = firstSectorEnd; sector + SECTOR < content.length; sector += SECTOR) {
    if (isFiller(content.subarray(sector, sector + SECTOR))) return true;
  }
  return newline === -1 && (start + content.length) % SECTOR === 0;
}

/**
 * Tells whether a record stands at the beginning of what should be the parts of one. It may well be the last one that was
 * acknowledged, with an append behind it that was torn: that must not be cut off.
 */
function hasWholeRecord(content: Uint8Array, isWholeRecord: (line: Uint8Array) => boolean): boolean {
  const text = new TextDecoder("latin1").decode(content);
  let place = text.indexOf(BEFORE_SUM);
  for (let count = 0; place !== -1 && count < MAX_SUMS; count += 1) {
    const end = place + SUFFIX_LENGTH;
    if (end < content.length && isWholeRecord(content.subarray(0, end))) return true;
    place = text.indexOf(BEFORE_SUM, place + 1);
  }
  return false;
}

/** Length without trailing filler. A file that grew without its data having been written has NUL there. */
function contentLength(region: Uint8Array): number {
  for (let length = region.length; length > 0; length -= 1) {
    const byte = region[length - 1];
    if (byte !== FILLER && byte !== 0) return length;
  }
  return 0;
}

function isFiller(bytes: Uint8Array): boolean {
  return bytes.every(isFillerByte);
}

function isFillerByte(byte: number | undefined): boolean {
  return byte === FILLER || byte === 0;
}

/** An editor may have put a newline at the end of a file at rest. */
function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === NEWLINE || byte === 0x0d || byte === 0x20 || isFillerByte(byte));
}

/** First bytes of every journal: cheap to look for in a folder of other files. */
const BEGINNING_TEXT = '[{"seq":0,';

/**
 * Tells whether a regular file begins as every journal does. One that is not there does not; one that may not be read is
 * taken for a journal if it is called like one: it is better named among the journals than passed over.
 */
export function beginsLikeJournal(path: string): boolean {
  try {
    using file = Deno.openSync(path, { read: true });
    const bytes = new Uint8Array(BEGINNING_TEXT.length);
    return file.readSync(bytes) === bytes.length && new TextDecoder().decode(bytes) === BEGINNING_TEXT;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    if (error instanceof Deno.errors.PermissionDenied) return path.endsWith(".json");
    throw error;
  }
}
