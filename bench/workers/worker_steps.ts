/** The transactions that are given to workers. */

import { type QueuedTransaction, Transaction } from "@x/resumable-tx";

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
export function enqueueStart(journal: string): Promise<QueuedTransaction<number>> {
  return Transaction.enqueue(import.meta, (t) => t.do(noteStart), { journal });
}

/** Records a transaction of so many steps. */
export function enqueueSteps(journal: string, steps: number): Promise<QueuedTransaction<unknown>> {
  return Transaction.enqueue(import.meta, (t) => {
    for (let step = 0; step < steps; step += 1) t.do(makeText);
  }, { journal });
}

/** Records a transaction that runs until a file is there. */
export function enqueueWait(journal: string, path: string): Promise<QueuedTransaction<unknown>> {
  return Transaction.enqueue(import.meta, (t) => t.do(waitForFile, path), { journal });
}
