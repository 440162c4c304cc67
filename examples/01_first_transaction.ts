/**
 * Two transactions, one after the other. The second fails because the file of the first already exists:
 *
 * ```sh
 * deno run -A examples/01_first_transaction.ts      # greets once, then reports the failure and the journal
 * deno run -A jsr:@x/resumable-tx/cli inspect transaction-….json
 * rm our_test_file
 * deno run -A jsr:@x/resumable-tx/cli resume transaction-….json      # greets again, and removes the journal
 * ```
 *
 * @module
 */
import { Transaction } from "jsr:@x/resumable-tx";

export async function createFile(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(path, text, { createNew: true });
}

export function readFile(path: string): Promise<string> {
  return Deno.readTextFile(path);
}

export function print(text: string): void {
  console.log(text);
}

if (import.meta.main) {
  // An absolute path, because the rest may run from another folder.
  const path = `${Deno.cwd()}/our_test_file`;
  for (const n of [1, 2]) {
    await Transaction.run(import.meta, (t) => {
      t.do(createFile, path, `Hello World, the ${n}. time`);
      const text = t.do(readFile, path).with({ name: "greeting" });
      t.do(print, text);
    });
  }
}
