/**
 * Two transactions, one after the other. The second fails, because the first one's file is in its way:
 *
 * ```sh
 * deno run -A examples/01_first_transaction.ts      # greets once, then says what failed, and names the journal
 * deno run -A jsr:@x/resumable-tx/cli inspect transaction-….json
 * rm our_test_file
 * deno run -A jsr:@x/resumable-tx/cli resume transaction-….json      # greets the second time; the journal is gone
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
  // Absolute, since the rest may be run from another folder.
  const path = `${Deno.cwd()}/our_test_file`;
  for (const n of [1, 2]) {
    await Transaction.run(import.meta, (t) => {
      t.do(createFile, path, `Hello World, the ${n}. time`);
      const text = t.do(readFile, path).with({ name: "greeting" });
      t.do(print, text);
    });
  }
}
