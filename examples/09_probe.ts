/**
 * A step with a function that finds out whether it happened. The process is killed during the step:
 *
 * ```sh
 * deno run -A examples/09_probe.ts      # killed after the payment, before it is recorded
 * deno run -A jsr:@x/resumable-tx/cli resume payment.json      # does not ask, does not pay again: receipt 1 of 10 euros
 * ```
 *
 * @module
 */
import { context, type ProbeAnswer, Transaction } from "jsr:@x/resumable-tx";

export async function pay(ledger: string, euros: number): Promise<string> {
  const { transactionId, attempt } = context();
  await Deno.writeTextFile(ledger, `${transactionId} ${euros}\n`, { append: true });
  if (attempt === 1) Deno.kill(Deno.pid, "SIGKILL");
  return `receipt ${attempt}`;
}

/** The probe. It is called with the arguments of the step, and must change nothing. */
export async function wasPaid(ledger: string): Promise<ProbeAnswer<string>> {
  const text = await Deno.readTextFile(ledger).catch(() => "");
  const line = text.split("\n").findIndex((entry) => entry.startsWith(context().transactionId));
  return line === -1 ? { done: false } : { done: true, value: `receipt ${line + 1}` };
}

export function print(receipt: string, euros: number): void {
  console.log(`${receipt} of ${euros} euros`);
}

if (import.meta.main) {
  await Transaction.run(import.meta, (t) => {
    const receipt = t.do(pay, `${Deno.cwd()}/ledger.txt`, 10).with({ interrupted: wasPaid });
    t.do(print, receipt, 10);
  }, { journal: "payment.json" });
}
