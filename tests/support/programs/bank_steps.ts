/**
 * Steps that move money in the database of their journal, in the schema of the test.
 *
 * @module
 */
import { context } from "../../../lib/process/step_context.ts";
import { plan, type SubPlan } from "../../../mod.ts";
import type { Home } from "../../../lib/plan/function_place.ts";

export const BANK: Home = import.meta;

/** What runs within the next call of `debit`, and how often each step was called. */
export const hooks: { within?: (() => Promise<void>) | undefined; calls: number } = { calls: 0 };

async function change(schema: string, account: string, amount: number): Promise<number> {
  const text =
    `update ${schema}.accounts set balance = balance + $2, changes = changes + 1 where name = $1 returning balance`;
  const { rows: [row] } = await context().database().query<{ balance: number }>(text, [account, amount]);
  if (row === undefined) throw new RangeError(`There is no account ${account}`);
  return row.balance;
}

export async function debit(schema: string, account: string, amount: number): Promise<number> {
  hooks.calls += 1;
  const balance = await change(schema, account, -amount);
  const { within } = hooks;
  hooks.within = undefined;
  await within?.();
  return balance;
}

export async function credit(schema: string, account: string, amount: number): Promise<number> {
  return await change(schema, account, amount);
}

export async function undoDebit(balance: number, schema: string, account: string, amount: number): Promise<void> {
  if (typeof balance !== "number") throw new TypeError("It undoes what has not happened");
  await change(schema, account, amount);
}

/** Changes something, and then does what a step should not do. */
export async function misbehave(schema: string, how: string): Promise<unknown> {
  hooks.calls += 1;
  await change(schema, "ana", -1);
  if (how === "unstorable") return () => {};
  if (how === "large") return "x".repeat(17 * 1024 * 1024);
  if (how === "caught") await context().database().query("select 1 / 0").catch(() => {});
  else await context().database().query(how);
  return undefined;
}

export function creditAll(schema: string, accounts: readonly string[]): SubPlan<number[]> {
  return plan((t) =>
    t.parallel((p) => accounts.map((account) => p.do(credit, schema, account, 1).with({ database: true })))
  );
}

/** Ends when its signal is aborted, and no statement ends it. */
export async function sleepLong(): Promise<void> {
  const { signal, database } = context();
  const aborted = new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  await Promise.race([aborted, new Promise(() => {})]);
  await database().query("select 1");
}

export async function keepDatabase(): Promise<void> {
  const database = context().database();
  hooks.within = async () => void await database.query("select 1");
  await database.query("select 1");
}
