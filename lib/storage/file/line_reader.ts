import { MAX_LINE_BYTES } from "../../journal/encode_record.ts";
import { attempt } from "../../values/shape.ts";
import type { Disk } from "./disk.ts";

/** The engine keeps larger texts with long-lived objects, which costs more than it saves. */
const CHUNK_BYTES = 64 * 1024;
const NEWLINE = 0x0a;
const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A line without its newline. */
export interface Line {
  /** Valid until the next line is read. */
  readonly bytes: Uint8Array;
  /** The same as text, if it was at hand because its surroundings are ASCII. */
  readonly text: string | undefined;
  /** Another line certainly follows. If that is not known yet, this is false. */
  readonly isFollowed: boolean;
}

/** Splits a file into lines and never holds more than one line and one chunk of it. */
export class LineReader {
  readonly #disk: Disk;
  #offset: number;
  #buffer: Uint8Array;
  #start = 0;
  /** The end of the next line; -1 if it is not in the buffer. */
  #newline = -1;
  #end = 0;
  /** The whole buffer as text, if it is ASCII: decoding many lines at once takes a fifth of the time. */
  #text: string | undefined;

  /** @param offset The beginning of the first line to read. */
  constructor(disk: Disk, offset: number) {
    this.#disk = disk;
    this.#offset = offset;
    // One byte more than there is: a small file is read, and its end noticed, in one buffer.
    const left = Math.max(0, disk.size() - offset) + 1;
    this.#buffer = new Uint8Array(Math.min(left, 2 * CHUNK_BYTES));
  }

  /** Returns the next line; nothing if no newline follows within the longest line that is allowed. */
  next(): Line | undefined {
    let searched = this.#start;
    if (this.#newline === -1) this.#newline = this.#findNewline(searched);
    while (this.#newline === -1) {
      searched = this.#end - this.#start;
      if (searched > MAX_LINE_BYTES || !this.#fill()) return undefined;
      this.#newline = this.#findNewline(searched);
    }
    const bytes = this.#buffer.subarray(this.#start, this.#newline);
    const text = this.#text?.slice(this.#start, this.#newline);
    this.#start = this.#newline + 1;
    this.#newline = this.#findNewline(this.#start);
    return { bytes, text, isFollowed: this.#newline > this.#start };
  }

  #findNewline(from: number): number {
    // In ASCII, places in the text and in the bytes are the same.
    return this.#text?.indexOf("\n", from) ?? this.#buffer.subarray(0, this.#end).indexOf(NEWLINE, from);
  }

  #fill(): boolean {
    const rest = this.#buffer.subarray(this.#start, this.#end);
    if (rest.length === this.#buffer.length) {
      this.#buffer = new Uint8Array(rest.length * 2 + CHUNK_BYTES);
      this.#buffer.set(rest);
    } else {
      this.#buffer.copyWithin(0, this.#start, this.#end);
    }
    this.#start = 0;
    this.#end = rest.length;
    const count = this.#disk.read(this.#offset, this.#buffer.subarray(this.#end, this.#end + CHUNK_BYTES));
    this.#offset += count;
    this.#end += count;
    // The parts of a long line would be decoded again and again.
    this.#text = rest.length > CHUNK_BYTES ? undefined : decodeAscii(this.#buffer.subarray(0, this.#end));
    return count > 0;
  }
}

function decodeAscii(bytes: Uint8Array): string | undefined {
  const text = attempt(() => DECODER.decode(bytes));
  // A character of several bytes makes the text shorter.
  return text?.length === bytes.length ? text : undefined;
}
