/**
 * A transaction that its program gives up: here when the time is up that all of it may take.
 *
 * ```sh
 * deno run -A examples/16_cancel.ts      # waits for a buyer, gives up after 2 s, and says what was done
 * deno run -A jsr:@x/resumable-tx/cli resume sale.json      # refuses: it is cancelled
 * deno run -A jsr:@x/resumable-tx/cli rollback sale.json      # takes the offer back
 * ```
 *
 * From outside, `cancel sale.json --why "…"` does the same to a transaction that nobody runs.
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
