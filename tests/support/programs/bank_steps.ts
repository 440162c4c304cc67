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

/** Ends when its signal is aborted, although the database has not answered. */
export async function leaveQuestion(): Promise<void> {
  const { signal, database } = context();
  const aborted = new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  await Promise.race([aborted, database().query("select pg_sleep(600) as leave_question")]);
}

/** Works elsewhere. */
export function rest(): void {}

/** Sets what lasts as long as a session, and returns what a step before has set. */
export async function setSession(): Promise<Record<string, unknown> | undefined> {
  const { query } = context().database();
  const text = "select current_user = session_user as role, current_setting('work_mem') as memory, " +
    "current_setting('idle_in_transaction_session_timeout') as idle, to_regclass('pg_temp.kept')::text as table, " +
    "(select count(*)::int from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()) as locks";
  const { rows: [row] } = await query(text);
  const settings = "set role pg_monitor; set work_mem = '3MB'; create temp table kept (); select pg_advisory_lock(1)";
  await query(settings);
  return row;
}

export async function keepDatabase(): Promise<void> {
  const database = context().database();
  hooks.within = async () => void await database.query("select 1");
  await database.query("select 1");
}
