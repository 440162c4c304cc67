/**
 * Keeps journals in an SQLite database: one file for all transactions of one machine.
 *
 * ```ts
 * import { openStore } from "@x/resumable-tx/sqlite";
 *
 * await using store = await openStore("sqlite:tx.db");
 * console.log(store.locator.endsWith("/tx.db")); // true
 * ```
 *
 * @module
 */
import { useStore } from "../locator.ts";
import type { StoreConnection } from "../store.ts";
import { openSqliteStore } from "./open_sqlite_store.ts";

export type { OnceOptions, PruneOnceOptions } from "../sql/once_call.ts";
export type { StoreConnection } from "../store.ts";
export { once, pruneOnce } from "./once.ts";

/**
 * Opens an SQLite database, so that many transactions share its connection, and creates it if there is none. The database
 * keeps a thread running: close the store, or the process does not end.
 *
 * @param locator `sqlite:` and a path, as in `sqlite:/srv/tx.db`; or the path alone.
 * @returns The store. Close it with `await using`.
 * @throws {JournalRefused} The file cannot be used: it is something else, a newer version has made its tables, or Deno may
 * not read and write it.
 * @throws {TypeError} The locator is no path.
 *
 * @example
 * ```ts
 * import { openStore } from "@x/resumable-tx/sqlite";
 *
 * await using store = await openStore("sqlite:tx.db");
 * console.log(store.locator.startsWith("sqlite:/")); // true
 * ```
 */
export async function openStore(locator: string): Promise<StoreConnection> {
  const { store, release } = await useStore(locator, openSqliteStore);
  return { locator: store.locator, [Symbol.asyncDispose]: release };
}
