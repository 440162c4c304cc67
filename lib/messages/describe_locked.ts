// A file of its own, because every command loads it at once: it needs nothing but the error.

import type { JournalLocked } from "../errors/opening_errors.ts";
import type { StoreWait } from "../storage/store.ts";
import { commandLine } from "../text/escape.ts";
import { formatTime } from "../text/format_time.ts";
import { VERSION } from "../version.ts";

/** The commands that ask the holder for something. It has taken no request if one of them finds the journal locked. */
const REQUESTS: readonly string[] = ["signal", "cancel", "stop"];

/**
 * What to do about the process that holds a journal. One that has died is taken over; another one finishes its current step
 * when it is stopped, and then the journal is free.
 */
export function describeLocked(
  { journal, pid, host, until, isDead }: JournalLocked,
  { command = "" }: { readonly command?: string } = {},
): readonly string[] {
  const free = until === undefined ? "" : formatTime(until.replace(/\.\d+Z$/, "Z"));
  if (isDead) {
    return [
      "Take the transaction over, with this or another command that writes",
      `  ${commandLine(VERSION, "resume", journal, "--take-over")}`,
      `Otherwise it is free when the lease ends, at ${free}`,
    ];
  }
  const what = "it finishes the current step and starts no other. Then try again";
  const place = host === undefined ? "" : ` on ${host}`;
  const lease = free === "" ? [] : [`If it has died, its lease ends at ${free}. Then try again`];
  if (!REQUESTS.includes(command)) {
    return [`Stop it cleanly: ${what}`, `  ${commandLine(VERSION, "stop", journal)}`, ...lease];
  }
  return pid === undefined
    ? [`Stop that process with SIGINT: ${what}`, ...lease]
    : [`Stop it cleanly${place}: ${what}`, `  kill -INT ${pid}`, ...lease];
}

/** Said while an owner whose lease is over is given time to show that it lives. */
export function describeWait({ pid, host, ms }: StoreWait): readonly string[] {
  const who = `${pid === undefined ? "another process" : `process ${pid}`}${host === undefined ? "" : ` on ${host}`}`;
  return [`Waiting ${Math.round(ms / 1000)} s: the lease of ${who} is over, and it may still show that it lives`];
}
