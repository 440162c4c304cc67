import { hasSum, type VerifySum } from "../journal/decode_line.ts";
import { verifyLines } from "../journal/verify_lines.ts";
import { importPermission } from "../values/import_permission.ts";
import { SumRing } from "./sum_ring.ts";
import { SUM_WORKER } from "./sum_worker.ts";

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
