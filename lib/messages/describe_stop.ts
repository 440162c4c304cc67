// A file of its own, because every command loads it at once: it needs nothing but the error.

import type { JournalLocked } from "../errors/opening_errors.ts";

/** How to stop the process that holds a journal. After SIGINT it finishes its current step, and then the journal is free. */
export function describeStop({ pid, host }: JournalLocked): readonly string[] {
  const what = "it finishes the current step and starts no other. Then try again";
  if (pid === undefined) return [`Stop that process with SIGINT: ${what}`];
  return [`Stop it cleanly${host === undefined ? "" : ` on ${host}`}: ${what}`, `  kill -INT ${pid}`];
}
