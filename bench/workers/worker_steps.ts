/** The transactions that are given to workers. */

import { type EnqueueOptions, type QueuedTransaction, Transaction } from "@x/resumable-tx";

/** Where a transaction is recorded. */
export type JournalPlace = Pick<EnqueueOptions, "journal" | "store">;

/** Says when it was called, in milliseconds since 1970, to a fraction of one. */
export function noteStart(): number {
  return performance.timeOrigin + performance.now();
}

/** Returns 80 bytes. */
export function makeText(): string {
  return "x".repeat(80);
}

/** Waits until a file is there. */
export async function waitForFile(path: string): Promise<void> {
  using watcher = Deno.watchFs(path.slice(0, path.lastIndexOf("/")));
  const isThere = () => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  };
  if (isThere()) return;
  for await (const _event of watcher) if (isThere()) return;
}

/** Records a transaction of one step that says when it was called. */
export function enqueueStart(place: JournalPlace): Promise<QueuedTransaction<number>> {
  return Transaction.enqueue(import.meta, (t) => t.do(noteStart), place);
}

/** Runs such a transaction in this process, and returns when its step was called. */
export function runStart(place: JournalPlace): Promise<number> {
  return Transaction.run(import.meta, (t) => t.do(noteStart), place);
}

/** Records a transaction of so many steps. */
export function enqueueSteps(place: JournalPlace, steps: number): Promise<QueuedTransaction<unknown>> {
  return Transaction.enqueue(import.meta, (t) => {
    for (let step = 0; step < steps; step += 1) t.do(makeText);
  }, place);
}

/** Records a transaction that runs until a file is there. */
export function enqueueWait(place: JournalPlace, path: string): Promise<QueuedTransaction<unknown>> {
  return Transaction.enqueue(import.meta, (t) => t.do(waitForFile, path), place);
}
