/**
 * Loaded before a program: sets the clock of its process and of its threads wrong by `CHAOS_CLOCK_OFFSET` milliseconds, a
 * while after it has started. A clock that cannot be set goes on as it does.
 *
 * @module
 */
import { realTime } from "./chaos_log.ts";

const JUMP_AFTER_MS = 1500;

const offsetMs = Number(Deno.env.get("CHAOS_CLOCK_OFFSET") ?? 0);
const jumpAt = Number(Deno.env.get("CHAOS_STARTED_AT") ?? 0) + JUMP_AFTER_MS;

if (offsetMs !== 0) {
  const now = Date.now;
  Date.now = () => now() + (realTime() >= jumpAt ? offsetMs : 0);
  const Thread = globalThis.Worker;
  // A thread loads no module before its own.
  globalThis.Worker = class extends Thread {
    constructor(url: string | URL, options?: WorkerOptions) {
      const modules = [import.meta.url, String(url)].map((module) => `import ${JSON.stringify(module)};`).join("");
      super(`data:text/javascript,${encodeURIComponent(modules)}`, options);
    }
  };
}
