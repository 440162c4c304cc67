/**
 * An approval that arrives while the transaction runs. A worker packs the order, and does not stop for the signal.
 *
 * ```sh
 * mkdir orders
 * deno run -A jsr:@x/resumable-tx/cli work orders &
 * deno run -A examples/25_approval_while_running.ts crane        # enqueues the order, and waits for its end
 * deno run -A jsr:@x/resumable-tx/cli signal orders/crane.json approved '"ana"'
 * ```
 *
 * If the signal comes first, it is kept. If it comes late, the worker gives the order up, and continues when it has arrived.
 *
 * @module
 */
import { context, Transaction } from "jsr:@x/resumable-tx";

export async function pack(item: string): Promise<string> {
  console.log(`Packing the ${item}`);
  const { signal } = context();
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, 300);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
  return `box with the ${item}`;
}

export function writeInvoice(item: string, by: string): string {
  console.log(`Wrote an invoice for the ${item}, approved by ${by}`);
  return `invoice for the ${item}`;
}

export function ship(box: string, invoice: string): string {
  return `Shipped the ${box} with the ${invoice}`;
}

if (import.meta.main) {
  const [item = "crane"] = Deno.args;
  const order = await Transaction.enqueue(import.meta, (t) => {
    const [box, invoice] = t.parallel((p) => [
      p.do(pack, item),
      p.sequence((s) => s.do(writeInvoice, item, s.waitFor<string>("approved"))),
    ]);
    return t.do(ship, box, invoice);
  }, { journal: `orders/${item}.json` });
  console.log(await order.wait());
}
