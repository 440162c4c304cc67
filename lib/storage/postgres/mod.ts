/**
 * Keeps journals in PostgreSQL: for many transactions on many machines.
 *
 * ```ts
 * import { openStore } from "@x/resumable-tx/postgres";
 *
 * export async function listen(): Promise<void> {
 *   // The connections are closed at the end of the block.
 *   await using store = await openStore("postgres://tx@db.example.com/tx");
 *   console.log(store.locator); // postgres://tx@db.example.com/tx
 * }
 * ```
 *
 * @module
 */
import { useStore } from "../locator.ts";
import type { StoreConnection } from "../store.ts";
import { openPostgresStore } from "./open_postgres_store.ts";

export { CommitUnknown } from "../../errors/commit_unknown.ts";
export type { StepDatabase, StepRows } from "../../process/step_context.ts";
export type { OnceOptions, PruneOnceOptions } from "../sql/once_call.ts";
export type { StoreConnection } from "../store.ts";
export { once, pruneOnce } from "./once.ts";
export type { PostgresClient, PostgresPool, PostgresRows } from "./once_client.ts";

/**
 * Opens a store in PostgreSQL, so that many transactions share its connections. They keep the process alive: close the store.
 * The tables are made when the first transaction is.
 *
 * @param locator `postgres://USER@HOST:PORT/DATABASE?schema=SCHEMA`. The default schema is `resumable_tx`. The password can be
 * in the locator, in the variable `PGPASSWORD`, or in the file that `PGPASSFILE` names. No message repeats it.
 * @returns The store. Close it with `await using`.
 * @throws {TypeError} The locator is not one of PostgreSQL.
 * @throws {JournalRefused} The server refuses the user, the password or the database, or a newer version has made the tables.
 * @throws {JournalUnwritable} The server cannot be reached. It was tried for ten seconds.
 *
 * @example
 * ```ts
 * import { openStore } from "@x/resumable-tx/postgres";
 *
 * export async function printLocator(password: string): Promise<void> {
 *   await using store = await openStore(`postgres://tx:${encodeURIComponent(password)}@db.example.com/tx?schema=billing`);
 *   console.log(store.locator); // postgres://tx@db.example.com/tx?schema=billing
 * }
 * ```
 */
export async function openStore(locator: string): Promise<StoreConnection> {
  const { store, release } = await useStore(locator, openPostgresStore);
  return { locator: store.locator, [Symbol.asyncDispose]: release };
}
