import { type Planner, type QueuedTransaction, Transaction } from "@x/resumable-tx";

/** Fails, with a password in its error. */
export function charge(_options: { readonly card: string; readonly apiToken: string }): never {
  const error = new Error("POST https://ana:hunter2@pay.example: refused, token=hunter2");
  throw Object.assign(error, { code: "EREFUSED" });
}

export function note(): void {}

/** Records a transaction for a worker. */
export async function enqueue(
  journal: string,
  build: (t: Planner) => void,
): Promise<QueuedTransaction<unknown>> {
  return await Transaction.enqueue(import.meta, (t) => void build(t), { journal });
}
