/**
 * A step that is told to stop when it takes too long. The tape drive is off at first, and the step waits for it:
 *
 * ```sh
 * deno run -A examples/08_time_limit.ts      # after 200 ms: the step was told to stop
 * touch drive_is_on
 * deno run -A jsr:@x/resumable-tx/cli resume backup.json      # prints: The tape has it
 * ```
 *
 * The limit holds for each attempt anew. A step that does not listen is `unknown` after another 5 seconds, not failed.
 *
 * @module
 */
import { context, Transaction } from "jsr:@x/resumable-tx";

export async function waitForDrive(path: string): Promise<void> {
  // What takes a signal itself (fetch, a child process) is simply handed this one.
  const { signal } = context();
  while (!await isThere(path)) {
    signal.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export function write(): void {
  console.log("The tape has it");
}

function isThere(path: string): Promise<boolean> {
  return Deno.stat(path).then(() => true, () => false);
}

if (import.meta.main) {
  await Transaction.run(import.meta, (t) => {
    t.do(waitForDrive, `${Deno.cwd()}/drive_is_on`).with({ timeoutMs: 200 });
    t.do(write);
  }, { journal: "backup.json" });
}
