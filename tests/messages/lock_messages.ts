import { JournalLocked } from "../../lib/errors/opening_errors.ts";
import { describeLocked, describeWait } from "../../lib/messages/describe_locked.ts";

/** What is said about the process that holds a journal. */
export function lockMessages(journal: string): readonly (readonly [what: string, lines: readonly string[]])[] {
  const holder = { pid: 7, host: "ana", until: "2026-11-30T12:00:30.500Z" };
  const dead = new JournalLocked(journal, { ...holder, isDead: true });
  const asked = { command: "signal" };
  return [
    ["a process holds the journal", describeLocked(new JournalLocked(journal))],
    ["process 7 holds the journal, with a lease", describeLocked(new JournalLocked(journal, holder))],
    ["a dead process holds the journal", [dead.message, ...describeLocked(dead)]],
    ["a process takes no requests", describeLocked(new JournalLocked(journal), asked)],
    ["process 7 takes no requests", describeLocked(new JournalLocked(journal, holder), asked)],
    ["the lease of process 7 is over", describeWait({ journal, pid: 7, host: "ana", ms: 10_000 })],
  ];
}
