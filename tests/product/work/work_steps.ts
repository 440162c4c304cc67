/** The program whose transactions the tests of `work` run. */

import { context, type Planner, type QueuedTransaction, Transaction } from "@x/resumable-tx";

/** Adds a line to a file: the effect that the tests count. */
export function note(path: string, word: string): void {
  Deno.writeTextFileSync(path, `${word}\n`, { append: true });
}

/** Adds a line, and ends its process when it is called for the first time. */
export function exitOnce(path: string, word: string): void {
  const isFirst = !readLines(path).includes(word);
  note(path, word);
  if (isFirst) Deno.exit(7);
}

/** Fails. */
export function fail(message: string): never {
  throw new Error(message);
}

/** Adds a line, says so on standard error, and ends when its run is stopped. */
export async function hold(path: string, word: string): Promise<void> {
  note(path, word);
  console.error(word);
  const { signal } = context();
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
}

/** Enqueues a transaction. */
export async function enqueue(
  locator: string,
  build: (t: Planner) => void,
  options: { readonly queue?: string; readonly priority?: number } = {},
): Promise<QueuedTransaction<unknown>> {
  return await Transaction.enqueue(import.meta, (t) => void build(t), { journal: locator, ...options });
}

/** The lines of a file; none if it does not exist. */
export function readLines(path: string): readonly string[] {
  return exists(path) ? Deno.readTextFileSync(path).split("\n").slice(0, -1) : [];
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
