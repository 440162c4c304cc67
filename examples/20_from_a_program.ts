/**
 * A program that does what the command line does: a shop with orders that wait, and a desk that answers them. Each
 * command is a function of `Transaction`.
 *
 * ```sh
 * deno run -A examples/20_from_a_program.ts      # one order is granted; another is cancelled and undone
 * ```
 *
 * `signal` and `cancel` run nothing: a signal is kept until the next resume. `rollback` runs the undo functions. After a
 * crash during the rollback, the next resume undoes the rest.
 *
 * @module
 */
import { Transaction, TransactionPaused } from "jsr:@x/resumable-tx";

export function reserve(item: string): string {
  console.log(`Reserved a ${item}`);
  return `place of the ${item}`;
}

export function release(place: string): void {
  console.log(`Freed the ${place}`);
}

export function deliver(place: string, to: string): void {
  console.log(`Delivered from the ${place} to ${to}`);
}

async function order(item: string): Promise<string> {
  const journal = `${item}.json`;
  try {
    await Transaction.run(import.meta, (t) => {
      const place = t.do(reserve, item).with({ name: "place", undo: release });
      t.do(deliver, place, t.waitFor<string>("granted"));
    }, { journal });
  } catch (error) {
    if (!(error instanceof TransactionPaused)) throw error;
  }
  return journal;
}

async function print(journal: string): Promise<void> {
  const { status, waits } = await Transaction.inspect(journal);
  console.log(`${journal} is ${status}${waits.map((wait) => `, waits for "${wait.signal}"`).join("")}`);
}

if (import.meta.main) {
  const crane = await order("crane");
  await print(crane);
  console.log(`Awaited: ${await Transaction.signal(crane, "granted", "the harbour", { by: "ana" })}`);
  await Transaction.resume(crane);

  const boat = await order("boat");
  await Transaction.cancel(boat, { by: "ana", why: "nobody wants boats" });
  await print(boat);

  const left = await Transaction.rollback(boat, { by: "ana" });
  console.log(`Not undone: ${left.length}`);
  await print(boat);
}
