import { MAX_LINE_BYTES } from "../../journal/encode_record.ts";
import type { Disk } from "./disk.ts";

/** Larger texts would not fit where short-lived ones are kept, and cost more than they save. */
const CHUNK_BYTES = 64 * 1024;
const NEWLINE = 0x0a;
const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A line without its newline. */
export interface Line {
  /** Its bytes. Good until the next line is asked for. */
  readonly bytes: Uint8Array;
  /** The same as text, where it was at hand because all around it is ASCII. */
  readonly text: string | undefined;
  /** For certain there is another line behind it. Where that is not known as yet there may be one all the same. */
  readonly isFollowed: boolean;
}

/** Cuts a file into lines without holding more than one line of it and one chunk. */
export class LineReader {
  readonly #disk: Disk;
  #offset: number;
  #buffer: Uint8Array;
  #start = 0;
  /** Where the next line ends; -1 if that is not in the buffer. */
  #newline = -1;
  #end = 0;
  /** The whole buffer as text, if it is ASCII: one call for many lines takes a fifth of the time of one for each. */
  #text: string | undefined;

  /**
   * @param disk The file.
   * @param offset Where its first line to be read begins.
   */
  constructor(disk: Disk, offset: number) {
    this.#disk = disk;
    this.#offset = offset;
    // One byte more than there is, so that a small file is read at once and its end is noticed in the same buffer.
    const left = Math.max(0, disk.size() - offset) + 1;
    this.#buffer = new Uint8Array(Math.min(left, 2 * CHUNK_BYTES));
  }

  /** The next line; nothing when no newline follows, or none within the longest line allowed. */
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
    // As the text is ASCII, the places are the same.
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
    // Of a long line each part would be decoded again and again.
    this.#text = rest.length > CHUNK_BYTES ? undefined : decodeAscii(this.#buffer.subarray(0, this.#end));
    return count > 0;
  }
}

function decodeAscii(bytes: Uint8Array): string | undefined {
  try {
    const text = DECODER.decode(bytes);
    // Whatever takes more than one byte becomes fewer characters.
    return text.length === bytes.length ? text : undefined;
  } catch {
    return undefined;
  }
}
