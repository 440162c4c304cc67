/**
 * A step with a time limit. At first, the tape drive is off, and the step waits for it:
 *
 * ```sh
 * deno run -A examples/08_time_limit.ts      # fails after 200 ms: time limit
 * touch drive_is_on
 * deno run -A jsr:@x/resumable-tx/cli resume backup.json      # prints: The tape has it
 * ```
 *
 * Each attempt gets the full time. If a step ignores the signal, it is `unknown` after another 5 seconds, not failed.
 *
 * @module
 */
import { context, Transaction } from "jsr:@x/resumable-tx";

export async function waitForDrive(path: string): Promise<void> {
  // Pass this signal to anything that takes one, such as fetch or a child process.
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
