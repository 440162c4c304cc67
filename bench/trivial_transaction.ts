/** Transactions whose steps do nothing, so that all that they cost is the library's. */

import { type Planner, Transaction, type TransactionOptions } from "@x/resumable-tx";

/** A step that takes nothing, does nothing and returns nothing. */
export function nothing(): void {}

/** Runs a transaction of so many steps, as a user would. */
export async function runTrivialTransaction(steps: number, options: TransactionOptions): Promise<void> {
  await Transaction.run(import.meta, (t) => planNothing(t, steps), options);
}

/** Plans so many steps and leaves it at that. */
export function planTrivialTransaction(steps: number): void {
  planNothing(new Transaction(import.meta), steps);
}

/**
 * Runs a transaction of one parallel group.
 *
 * @param steps How many steps it has.
 * @param limit How many of them may be at work at a time.
 * @param options Of the transaction.
 * @returns Whether there are such groups in this version.
 */
export async function runTrivialGroup(steps: number, limit: number, options: TransactionOptions): Promise<boolean> {
  const transaction = new Transaction(import.meta, options);
  if (!hasGroups(transaction)) return false;
  transaction.parallel((group) => planNothing(group, steps), { limit });
  await transaction.run();
  return true;
}

function planNothing(planner: Pick<Planner, "do">, steps: number): void {
  for (let step = 0; step < steps; step += 1) planner.do(nothing);
}

/** A planner with parallel groups, as far as they matter here. */
interface GroupPlanner {
  parallel(build: (group: Pick<Planner, "do">) => void, options: { readonly limit: number }): unknown;
}

function hasGroups(planner: object): planner is GroupPlanner {
  return "parallel" in planner && typeof planner.parallel === "function";
}
