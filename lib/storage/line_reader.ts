import { MAX_LINE_BYTES } from "../journal/encode_record.ts";
import type { Disk } from "./disk.ts";

const CHUNK_BYTES = 256 * 1024;
const NEWLINE = 0x0a;

/** Cuts a file into lines without holding more than one line of it and one chunk. */
export class LineReader {
  readonly #disk: Disk;
  #offset: number;
  #buffer: Uint8Array;
  #start = 0;
  #end = 0;

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

  /**
   * The next line without its newline; nothing when no newline follows, or none within the longest line allowed. Good
   * until the next call.
   */
  next(): Uint8Array | undefined {
    let searched = this.#start;
    for (;;) {
      const newline = this.#buffer.subarray(0, this.#end).indexOf(NEWLINE, searched);
      if (newline !== -1) {
        const line = this.#buffer.subarray(this.#start, newline);
        this.#start = newline + 1;
        return line;
      }
      searched = this.#end - this.#start;
      if (searched > MAX_LINE_BYTES || !this.#fill()) return undefined;
    }
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
    return count > 0;
  }
}
