import type { Pulse } from "./table_rows.ts";

const [WALL, ELAPSED, DEAD, CELLS] = [0, 1, 2, 3];

/** Heartbeats of one thread, as another thread sees them without waiting for it. */
export class SharedPulse implements Pulse {
  /** The same for both threads. */
  readonly memory: SharedArrayBuffer;
  readonly #cells: BigInt64Array;

  /** A new one was sent just now, with what has added the worker. */
  constructor(memory?: SharedArrayBuffer) {
    this.memory = memory ?? new SharedArrayBuffer(CELLS * BigInt64Array.BYTES_PER_ELEMENT);
    this.#cells = new BigInt64Array(this.memory);
    if (memory === undefined) this.note({ wall: Date.now(), elapsed: performance.now() });
  }

  get sent(): { readonly wall: number; readonly elapsed: number } {
    return { wall: Number(Atomics.load(this.#cells, WALL)), elapsed: Number(Atomics.load(this.#cells, ELAPSED)) };
  }

  get isDead(): boolean {
    return Atomics.load(this.#cells, DEAD) !== 0n;
  }

  /** A good heartbeat was sent at that time, by the clocks of the thread that looks. */
  note({ wall, elapsed }: Pulse["sent"]): void {
    Atomics.store(this.#cells, WALL, BigInt(Math.floor(wall)));
    Atomics.store(this.#cells, ELAPSED, BigInt(Math.floor(elapsed)));
  }

  die(): void {
    Atomics.store(this.#cells, DEAD, 1n);
  }
}
