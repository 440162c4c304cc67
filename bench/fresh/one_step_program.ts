/**
 * A program that runs one step.
 *
 * @module
 */
import { Transaction } from "@x/resumable-tx";

/** Adds two numbers. */
export function add(a: number, b: number): number {
  return a + b;
}

if (import.meta.main) {
  await Transaction.run(import.meta, (t) => t.do(add, 1, 2), { journal: Deno.args[0] ?? "" });
}
