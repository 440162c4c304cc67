import { importPermission } from "../../process/permissions.ts";
import { SharedPulse } from "../sql/shared_pulse.ts";
import type { HeartbeatMessage } from "./heartbeat_thread.ts";

interface HeartbeatOptions extends Pick<HeartbeatMessage, "place" | "worker" | "leaseMs" | "beatMs"> {
  /** One heartbeat from this thread. False if the worker is dead. */
  readonly beat: () => Promise<boolean>;
}

/** A run that ends sooner does not pay for the thread. */
const THREAD_AFTER_MS = 1000;

/** Renews the lease of this process: from this thread at first, and from one of its own as soon as that does. */
export class Heartbeat implements AsyncDisposable {
  readonly pulse = new SharedPulse();
  readonly #options: HeartbeatOptions;
  readonly #beats: ReturnType<typeof setInterval>;
  readonly #start: ReturnType<typeof setTimeout>;
  #thread: Worker | undefined;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#beats = setInterval(() => void this.#beat().catch(() => {}), options.beatMs);
    this.#start = setTimeout(() => this.#startThread(), Math.min(THREAD_AFTER_MS, options.beatMs));
    Deno.unrefTimer(this.#beats);
    Deno.unrefTimer(this.#start);
  }

  async #beat(): Promise<void> {
    const sent = { wall: Date.now(), elapsed: performance.now() };
    if (await this.#options.beat()) this.pulse.note(sent);
    else this.pulse.die();
  }

  /** Where it cannot be started, this thread goes on. */
  #startThread(): void {
    const url = import.meta.resolve("./heartbeat_thread.ts");
    // A thread loads its modules by itself: those of this room and of the rooms beside it.
    const needed = importPermission(new URL("../../", url));
    if (needed !== undefined && Deno.permissions.querySync(needed).state !== "granted") return;
    const thread = new Worker(url, { type: "module", name: "resumable-tx heartbeat" });
    this.#thread = thread;
    thread.addEventListener("error", (event) => {
      event.preventDefault();
      this.#thread = undefined;
      thread.terminate();
    });
    thread.addEventListener("message", () => clearInterval(this.#beats), { once: true });
    const { place, worker, leaseMs, beatMs } = this.#options;
    const message: HeartbeatMessage = {
      place,
      worker,
      leaseMs,
      beatMs,
      memory: this.pulse.memory,
      elapsed: performance.now(),
    };
    thread.postMessage(message);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#beats);
    clearTimeout(this.#start);
    const thread = this.#thread;
    if (thread === undefined) return;
    const stopped = new Promise<void>((resolve) => {
      thread.addEventListener("message", ({ data }) => data === "stopped" && resolve());
      thread.addEventListener("error", () => resolve());
    });
    thread.postMessage("stop");
    await stopped;
    thread.terminate();
  }
}
