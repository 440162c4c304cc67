/**
 * A transaction that waits: first a moment until the stock is stable, then as long as necessary for an approval.
 *
 * ```sh
 * deno run -A examples/13_approval.ts      # counts the stock, sleeps a moment, ends: it waits for "approval"
 * deno run -A jsr:@x/resumable-tx/cli signal order.json approval '{"by":"ana","cranes":2}'
 * deno run -A jsr:@x/resumable-tx/cli resume order.json      # prints: Ordered 2 cranes, says ana; 7 were there
 * ```
 *
 * Nothing runs in the meantime: you can switch off the machine. The journal records the end of the sleep, and keeps a
 * signal that arrives too early.
 *
 * @module
 */
import { Transaction, TransactionPaused } from "jsr:@x/resumable-tx";

export function countStock(): number {
  console.log("Counting cranes");
  return 7;
}

export function order(cranes: number, by: string, stock: number): void {
  console.log(`Ordered ${cranes} cranes, says ${by}; ${stock} were there`);
}

if (import.meta.main) {
  try {
    await Transaction.run(import.meta, (t) => {
      const stock = t.do(countStock);
      t.sleep(50);
      const approval = t.waitFor<{ by: string; cranes: number }>("approval");
      t.do(order, approval.get("cranes"), approval.get("by"), stock);
    }, { journal: "order.json" });
  } catch (error) {
    if (!(error instanceof TransactionPaused)) throw error;
    console.log(error.message);
  }
}
