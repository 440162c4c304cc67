import { DatabaseError } from "./database.ts";

/** Time as the store uses it. */
export interface SqlClock {
  /** Milliseconds since 1970. It can be set to another time. */
  readonly wall: () => number;
  /** Milliseconds by a clock that cannot be set. It may stand still while the machine is suspended. */
  readonly elapsed: () => number;
  readonly delay: (ms: number) => Promise<void>;
  /** Calls again and again, and keeps no process alive. The returned function ends that. */
  readonly every: (ms: number, call: () => void) => () => void;
  /** Calls in the next turn of the event loop. */
  readonly soon: (call: () => void) => void;
}

export const SYSTEM_CLOCK: SqlClock = {
  wall: () => Date.now(),
  elapsed: () => performance.now(),
  delay: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  every: (ms, call) => {
    const timer = setInterval(call, ms);
    Deno.unrefTimer(timer);
    return () => clearInterval(timer);
  },
  soon: (call) => void setImmediate(call),
};

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 1000;

/** Calls again while the database is away, as long as `mayWait` says so; it gets the milliseconds since the first call. */
export async function withPatience<T>(
  call: () => Promise<T>,
  mayWait: (waitedMs: number) => boolean,
  clock: SqlClock,
): Promise<T> {
  const begin = clock.elapsed();
  for (let pauseMs = FIRST_PAUSE_MS;; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.trouble !== "away") throw error;
      const waitedMs = clock.elapsed() - begin;
      if (!mayWait(waitedMs)) throw waitedMs < 1000 ? error : describeWait(error, waitedMs);
    }
    await clock.delay(pauseMs);
  }
}

function describeWait(error: DatabaseError, waitedMs: number): DatabaseError {
  return new DatabaseError("away", `${error.message}. It was tried for ${Math.round(waitedMs / 1000)} s`, {
    cause: error,
  });
}
