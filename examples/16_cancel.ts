/**
 * A transaction that its program cancels: here, after a time limit for the whole transaction.
 *
 * ```sh
 * deno run -A examples/16_cancel.ts      # waits for a buyer, cancels after 2 s, and lists what was done
 * deno run -A jsr:@x/resumable-tx/cli resume sale.json      # refuses: it is cancelled
 * deno run -A jsr:@x/resumable-tx/cli rollback sale.json      # withdraws the offer
 * ```
 *
 * If no process runs the transaction, the command `cancel sale.json --why "…"` does the same.
 *
 * @module
 */
import { context, Transaction, TransactionCancelled } from "jsr:@x/resumable-tx";

export function offer(what: string): void {
  console.log(`For sale: ${what}`);
}

export function withdraw(_value: void, what: string): void {
  console.log(`No longer for sale: ${what}`);
}

export async function waitForBuyer(): Promise<void> {
  const { signal } = context();
  await new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}

if (import.meta.main) {
  try {
    await Transaction.run(import.meta, (t) => {
      t.do(offer, "a boat").with({ undo: withdraw });
      t.do(waitForBuyer);
    }, { journal: "sale.json", signal: AbortSignal.timeout(2_000) });
  } catch (error) {
    if (!(error instanceof TransactionCancelled)) throw error;
    console.log(error.message);
  }
}
