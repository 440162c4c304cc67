/**
 * A transaction that undoes its completed steps when a step fails permanently.
 *
 * ```sh
 * deno run -A examples/15_all_or_nothing.ts      # makes two folders, fails at the third, removes both, and says so
 * deno run -A jsr:@x/resumable-tx/cli inspect folders.json      # undone: it can no longer be resumed
 * ```
 *
 * If it is killed during the rollback, `resume` undoes the rest.
 *
 * @module
 */
import { Transaction, TransactionUndone } from "jsr:@x/resumable-tx";

export async function makeFolder(path: string): Promise<void> {
  await Deno.mkdir(path);
  console.log("made a folder");
}

export async function removeFolder(_value: void, path: string): Promise<void> {
  await Deno.remove(path);
  console.log("removed a folder");
}

if (import.meta.main) {
  try {
    await Transaction.run(import.meta, (t) => {
      const root = `${Deno.cwd()}/ana`;
      // The parent folder of the last one is missing.
      for (const path of [root, `${root}/mail`, `${root}/files/old`]) {
        t.do(makeFolder, path).with({ undo: removeFolder });
      }
    }, { journal: "folders.json", onFailure: "rollback" });
  } catch (error) {
    if (!(error instanceof TransactionUndone)) throw error;
    console.log(`Nothing was left of it, because of step ${error.step}`);
  }
}
