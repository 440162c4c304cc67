import { hasSum, verifyLines, type VerifySum } from "../../journal/decode_line.ts";
import { SUM_LENGTH } from "../../journal/encode_record.ts";
import { importPermission } from "../../process/permissions.ts";

/** So many bytes are handed over at once, or a little more. */
const PART_BYTES = 48 * 1024;

/** Lines that lie behind each other in one buffer. */
interface Part {
  readonly buffer: ArrayBufferLike;
  readonly start: number;
  /** Behind the newline of the last one. */
  end: number;
  readonly previousSum: string;
}

/**
 * Verifies checksums in another thread, while this one reads on: half of the time that it takes to read a long journal is
 * spent with them. Where the other thread is not allowed, does not start or does not keep up, they are verified here, so
 * that nobody ever waits for it, and nothing has been read in the end that is not verified.
 */
export class BackgroundSums implements Disposable {
  readonly #ring = new SumRing();
  readonly #worker: Worker | undefined;
  #part: Part | undefined;
  #hasFault = false;

  /** Starts the other thread. */
  constructor() {
    const { module, name } = SUM_WORKER;
    if (!isAllowed(module)) return;
    this.#worker = new Worker(module, { type: "module", name });
    // Its module could not be loaded. Nothing is lost by that.
    this.#worker.addEventListener("error", (event) => event.preventDefault());
    this.#worker.postMessage(this.#ring.memory);
  }

  /** Takes a line that stays where it is until the next one is verified. Says that it is right before that is known. */
  readonly verifyLater: VerifySum = ({ line }, previousSum) => {
    const { buffer, byteOffset: start } = line;
    const end = start + line.length + 1;
    if (this.#part?.buffer === buffer && this.#part.end === start) this.#part.end = end;
    else {
      this.#handOver();
      this.#part = { buffer, start, end, previousSum };
    }
    if (end - this.#part.start > PART_BYTES) this.#handOver();
    return true;
  };

  /** Verifies a line. Those before it need not stay where they are any longer. */
  readonly verifyNow: VerifySum = (line, previousSum) => {
    this.#handOver();
    return hasSum(line, previousSum);
  };

  /** Verifies what is left. Returns whether all is right that has been taken. */
  finish(): boolean {
    this.#handOver();
    this[Symbol.dispose]();
    this.#ring.verify();
    return !this.#hasFault && !this.#ring.hasFault;
  }

  /** Ends the other thread. */
  [Symbol.dispose](): void {
    this.#ring.close();
    this.#worker?.terminate();
  }

  #handOver(): void {
    if (this.#part === undefined) return;
    const { buffer, start, end, previousSum } = this.#part;
    this.#part = undefined;
    const lines = new Uint8Array(buffer, start, end - start);
    if (this.#worker !== undefined && this.#ring.put(lines, previousSum)) return;
    if (!verifyLines(lines, previousSum)) this.#hasFault = true;
  }
}

/** Nobody shall be asked for a permission because of it. */
function isAllowed(module: URL): boolean {
  const needed = importPermission(module);
  return needed === undefined || Deno.permissions.querySync(needed).state === "granted";
}

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

/** Where the other thread begins, and what it is called. */
export const SUM_WORKER: { readonly module: URL; readonly name: string } = {
  module: new URL(import.meta.url),
  name: "resumable-tx checksums",
};

const PAUSE_MS = 1;

// Everybody who reads journals imports this, so that it is there when it is needed. Only in its own thread it does something.
if ("name" in globalThis && globalThis.name === SUM_WORKER.name) addEventListener("message", serve);

function serve(message: Event): void {
  if (!(message instanceof MessageEvent) || !(message.data instanceof SharedArrayBuffer)) return;
  const ring = new SumRing(message.data);
  // Whoever ends this thread from outside is kept from ending by it: Deno waits for what goes on.
  while (!ring.isClosed) if (!ring.verify()) ring.waitForMore(PAUSE_MS);
  close();
}
