/**
 * The thread of the heartbeats: a step that keeps its own thread busy does not end the lease.
 *
 * @module
 */
import { SharedPulse } from "../sql/shared_pulse.ts";
import { Connection } from "./connection.ts";
import type { PostgresPlace } from "./postgres_locator.ts";
import { BEAT } from "./statements.ts";

/** What the thread is told when it starts. */
export interface HeartbeatMessage {
  readonly place: PostgresPlace;
  readonly worker: string;
  readonly leaseMs: number;
  readonly beatMs: number;
  readonly memory: SharedArrayBuffer;
  /** The clock of the sender when it sent this, which cannot be set. */
  readonly elapsed: number;
}

/** One worker's heartbeats. */
class HeartbeatThread {
  readonly #answer: (word: "beats" | "stopped") => void;
  #connection: Connection | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(answer: (word: "beats" | "stopped") => void) {
    this.#answer = answer;
  }

  start({ place, worker, leaseMs, beatMs, memory, elapsed }: HeartbeatMessage): void {
    const pulse = new SharedPulse(memory);
    const connection = new Connection(place, { isUnconfirmed: false });
    this.#connection = connection;
    // The message took some time: a beat is never taken for younger than it is.
    const offset = elapsed - performance.now();
    const beat = async () => {
      const sent = { wall: Date.now(), elapsed: performance.now() + offset };
      const rows = await connection.query(BEAT, worker, leaseMs);
      if (rows.length === 0) return pulse.die();
      pulse.note(sent);
      this.#answer("beats");
    };
    // One that fails is followed by another.
    const tick = () => void beat().catch(() => {});
    this.#timer = setInterval(tick, beatMs);
    tick();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#connection?.[Symbol.asyncDispose]();
    this.#answer("stopped");
  }
}

/** The types are those of a main thread, which has no such function. */
const post: unknown = Reflect.get(globalThis, "postMessage");
const thread = new HeartbeatThread((word) => {
  if (typeof post === "function") post.call(globalThis, word);
});

addEventListener("message", (event: Event) => {
  if (!(event instanceof MessageEvent)) return;
  if (event.data === "stop") return void thread.stop();
  // Only the thread of the steps has this one's address.
  const message: HeartbeatMessage = event.data;
  thread.start(message);
});
