import { hasSum, verifyLines, type VerifySum } from "../../journal/decode_line.ts";
import { SUM_LENGTH } from "../../journal/encode_record.ts";
import { importPermission } from "../../process/permissions.ts";

/** This many bytes, or a little more, are passed to the other thread at once. */
const PART_BYTES = 48 * 1024;

/** Consecutive lines in one buffer. */
interface Part {
  readonly buffer: ArrayBufferLike;
  readonly start: number;
  /** After the newline of the last one. */
  end: number;
  readonly previousSum: string;
}

/**
 * Verifies checksums in another thread while this one continues to read: they take half of the time to read a long journal.
 * If the other thread is not permitted, does not start or does not keep up, they are verified here. So this thread never
 * waits for the other one, and in the end everything that was read has been verified.
 */
export class BackgroundSums implements Disposable {
  /** Lines that end before this offset of the file are verified later. */
  readonly until: number;
  readonly #ring = new SumRing();
  readonly #worker: Worker | undefined;
  #part: Part | undefined;
  #hasFault = false;

  constructor(until: number) {
    this.until = until;
    const { module, name } = SUM_WORKER;
    const needed = importPermission(module);
    // Must not cause a prompt for the permission.
    if (needed !== undefined && Deno.permissions.querySync(needed).state !== "granted") return;
    this.#worker = new Worker(module, { type: "module", name });
    // If its module cannot be loaded, everything is verified here.
    this.#worker.addEventListener("error", (event) => event.preventDefault());
    this.#worker.postMessage(this.#ring.memory);
  }

  /** Takes a line whose bytes stay in place until the next call. Accepts it before it has been verified. */
  readonly verifyLater: VerifySum = (line, _sum, previousSum) => {
    const { buffer, byteOffset: start } = line;
    const end = start + line.length + 1;
    if (this.#part?.buffer === buffer && this.#part.end === start) this.#part.end = end;
    else {
      this.#passPart();
      this.#part = { buffer, start, end, previousSum };
    }
    if (end - this.#part.start > PART_BYTES) this.#passPart();
    return true;
  };

  /** Verifies a line at once. The bytes of those before it need not stay in place any longer. */
  readonly verifyNow: VerifySum = (...line) => {
    this.#passPart();
    return hasSum(...line);
  };

  /** Verifies the rest. Returns whether every checksum was right. */
  finish(): boolean {
    this.#passPart();
    this[Symbol.dispose]();
    this.#ring.verify();
    return !this.#hasFault && !this.#ring.hasFault;
  }

  [Symbol.dispose](): void {
    this.#ring.close();
    this.#worker?.terminate();
  }

  #passPart(): void {
    if (this.#part === undefined) return;
    const { buffer, start, end, previousSum } = this.#part;
    this.#part = undefined;
    const lines = new Uint8Array(buffer, start, end - start);
    if (this.#worker !== undefined && this.#ring.put(lines, previousSum)) return;
    if (!verifyLines(lines, previousSum)) this.#hasFault = true;
  }
}

/** Enough for what is read while the other thread starts. */
const SLOTS = 32;
const SLOT_BYTES = 128 * 1024;
/** A slot begins with the length of the lines and the checksum before them. */
const LENGTH_BYTES = 4;
const HEADER_BYTES = 64;

/** Places of the numbers that both threads see: slots ever filled, slots ever verified, faults, the end. */
const FILLED = 0;
const VERIFIED = 1;
const FAULTS = 2;
const CLOSED = 3;
const CELLS_BYTES = 64;

/**
 * A queue of lines in memory that two threads share. One thread puts, the other verifies. A slot holds everything that is
 * needed to verify it: it does not matter which thread does so, or whether it is done twice.
 */
export class SumRing {
  readonly memory: SharedArrayBuffer;
  readonly #cells: Int32Array;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(CELLS_BYTES + SLOTS * SLOT_BYTES)) {
    this.memory = memory;
    this.#cells = new Int32Array(memory, 0, CELLS_BYTES / 4);
  }

  get hasFault(): boolean {
    return Atomics.load(this.#cells, FAULTS) > 0;
  }

  /** Adds whole lines, each with its newline, if there is room. `previousSum` is the checksum before them. */
  put(lines: Uint8Array, previousSum: string): boolean {
    const filled = Atomics.load(this.#cells, FILLED);
    const isFull = filled - Atomics.load(this.#cells, VERIFIED) >= SLOTS;
    if (isFull || lines.length > SLOT_BYTES - HEADER_BYTES || previousSum.length !== SUM_LENGTH) return false;
    const slot = this.#slot(filled);
    new DataView(slot.buffer, slot.byteOffset).setUint32(0, lines.length);
    for (let i = 0; i < SUM_LENGTH; i += 1) slot[LENGTH_BYTES + i] = previousSum.charCodeAt(i);
    slot.set(lines, HEADER_BYTES);
    // A thread that sees this also sees everything above.
    Atomics.store(this.#cells, FILLED, filled + 1);
    return true;
  }

  /** Verifies every filled slot. Returns whether there was one. */
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

  get isClosed(): boolean {
    return Atomics.load(this.#cells, CLOSED) === 1;
  }

  close(): void {
    Atomics.store(this.#cells, CLOSED, 1);
  }

  /** Waits for something to verify, but not for long: `put` does not wake this thread. */
  waitForMore(pauseMs: number): void {
    Atomics.wait(this.#cells, FILLED, Atomics.load(this.#cells, VERIFIED), pauseMs);
  }

  #slot(number: number): Uint8Array {
    return new Uint8Array(this.memory, CELLS_BYTES + (number % SLOTS) * SLOT_BYTES, SLOT_BYTES);
  }
}

export const SUM_WORKER: { readonly module: URL; readonly name: string } = {
  module: new URL(import.meta.url),
  name: "resumable-tx checksums",
};

const PAUSE_MS = 1;

// The other thread runs this module too. There it has a name, and verifies.
if ("name" in globalThis && globalThis.name === SUM_WORKER.name) addEventListener("message", serve);

function serve(message: Event): void {
  if (!(message instanceof MessageEvent) || !(message.data instanceof SharedArrayBuffer)) return;
  const ring = new SumRing(message.data);
  // Without an end of its own this loop would keep the process from exiting.
  while (!ring.isClosed) if (!ring.verify()) ring.waitForMore(PAUSE_MS);
  close();
}
