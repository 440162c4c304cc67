import { assertRejects } from "@std/assert";
import { Transaction, TransactionAborted } from "../../mod.ts";

/** Fails, also when it is resumed. */
export function fail(): never {
  throw new Error("broken");
}

/** A transaction of one step, which has failed. */
export async function makeFailedTransaction(journal: string): Promise<void> {
  await assertRejects(() => Transaction.run(import.meta, (t) => void t.do(fail), { journal }), TransactionAborted);
}
