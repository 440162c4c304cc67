/**
 * A step that is retried automatically: the server is busy twice, and answers the third time.
 *
 * ```sh
 * deno run -A examples/07_retry.ts      # asks three times, then prints: 1 euro is 1.17 dollars
 * deno run -A jsr:@x/resumable-tx/cli inspect rate.json      # shows every attempt with its error
 * ```
 *
 * A crash during a delay does not extend the delay. A step without `retry` runs once; if it fails, a person decides.
 *
 * @module
 */
import { context, Transaction } from "jsr:@x/resumable-tx";

export function fetchRate(currency: string): number {
  const { attempt } = context();
  console.log(`Asking for ${currency}, attempt ${attempt}`);
  if (attempt < 3) throw new Error("The server is busy");
  return 1.17;
}

export function print(rate: number): void {
  console.log(`1 euro is ${rate} dollars`);
}

if (import.meta.main) {
  await Transaction.run(import.meta, (t) => {
    // Delays of about 10, 20, 40, … milliseconds. Errors in the call itself are not retried.
    const retry = { maxAttempts: 5, delayMs: 10, nonRetryable: ["TypeError"] };
    t.do(print, t.do(fetchRate, "dollars").with({ retry }));
  }, { journal: "rate.json", keep: true });
}
