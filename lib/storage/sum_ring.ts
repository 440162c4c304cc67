import { SUM_LENGTH } from "../journal/split_line.ts";
import { verifyLines } from "../journal/verify_lines.ts";

/** Room for so many parts of a journal as are read while the other thread starts. */
const SLOTS = 32;
const SLOT_BYTES = 128 * 1024;
/** In a slot before the lines: their length, and the checksum before them. */
const LENGTH_BYTES = 4;
const HEADER_BYTES = 64;

/** Places of the numbers that both threads see: slots that were ever filled, slots that were ever verified, faults, the end. */
const FILLED = 0;
const VERIFIED = 1;
const FAULTS = 2;
const CLOSED = 3;
const CELLS_BYTES = 64;

/**
 * A queue of lines whose checksums another thread verifies, in memory that both see. One thread puts, the other verifies.
 * What lies in a slot is all that is needed to verify it, so that it doesn't matter who does it, nor whether somebody did.
 */
export class SumRing {
  /** The memory, to be handed to the other thread. */
  readonly memory: SharedArrayBuffer;
  readonly #cells: Int32Array;

  /** @param memory That of the ring of another thread; a new one if it is absent. */
  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(CELLS_BYTES + SLOTS * SLOT_BYTES)) {
    this.memory = memory;
    this.#cells = new Int32Array(memory, 0, CELLS_BYTES / 4);
  }

  /** A checksum was found that does not hold. */
  get hasFault(): boolean {
    return Atomics.load(this.#cells, FAULTS) > 0;
  }

  /**
   * Puts whole lines, each with its newline, behind the others.
   *
   * @param previousSum The checksum before the first of them.
   * @returns Whether there was room.
   */
  put(lines: Uint8Array, previousSum: string): boolean {
    const filled = Atomics.load(this.#cells, FILLED);
    const isFull = filled - Atomics.load(this.#cells, VERIFIED) >= SLOTS;
    if (isFull || lines.length > SLOT_BYTES - HEADER_BYTES || previousSum.length !== SUM_LENGTH) return false;
    const slot = this.#slot(filled);
    new DataView(slot.buffer, slot.byteOffset).setUint32(0, lines.length);
    for (let i = 0; i < SUM_LENGTH; i += 1) slot[LENGTH_BYTES + i] = previousSum.charCodeAt(i);
    slot.set(lines, HEADER_BYTES);
    // Whoever sees this sees all of the above.
    Atomics.store(this.#cells, FILLED, filled + 1);
    return true;
  }

  /** Verifies what is there. Returns whether there was anything. */
  verify(): boolean {
    const begin = Atomics.load(this.#cells, VERIFIED);
    let verified = begin;
    for (; verified < Atomics.load(this.#cells, FILLED); verified += 1) {
      const slot = this.#slot(verified);
      const length = new DataView(slot.buffer, slot.byteOffset).getUint32(0);
      const previousSum = String.fromCharCode(...slot.subarray(LENGTH_BYTES, LENGTH_BYTES + SUM_LENGTH));
      const lines = slot.subarray(HEADER_BYTES, HEADER_BYTES + length);
      if (!verifyLines(lines, previousSum)) Atomics.add(this.#cells, FAULTS, 1);
      Atomics.store(this.#cells, VERIFIED, verified + 1);
    }
    return verified > begin;
  }

  /** Nothing more will be put, and nobody waits for the other thread. */
  get isClosed(): boolean {
    return Atomics.load(this.#cells, CLOSED) === 1;
  }

  /** Says so. */
  close(): void {
    Atomics.store(this.#cells, CLOSED, 1);
  }

  /** Waits until there is something to verify, but not for long: whoever puts wakes nobody up. */
  waitForMore(pauseMs: number): void {
    Atomics.wait(this.#cells, FILLED, Atomics.load(this.#cells, VERIFIED), pauseMs);
  }

  #slot(number: number): Uint8Array {
    return new Uint8Array(this.memory, CELLS_BYTES + (number % SLOTS) * SLOT_BYTES, SLOT_BYTES);
  }
}
