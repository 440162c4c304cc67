/**
 * Keeps journals in PostgreSQL: for many machines.
 *
 * @example
 * ```ts ignore
 * import { openStore } from "@x/resumable-tx/postgres";
 *
 * // The connections are closed at the end of the block.
 * await using store = await openStore("postgres://tx@db.example.com/tx");
 * console.log(store.locator);
 * ```
 *
 * @module
 */
import { SqlStore } from "../sql/sql_store.ts";
import { toJournalError } from "../sql/journal_error.ts";
import { openPostgres } from "./postgres_database.ts";
import { parsePostgresLocator } from "./postgres_locator.ts";

/** While the server makes one batch durable, it takes the next. */
const MAX_IN_FLIGHT = 2;

/**
 * Opens a store in PostgreSQL. The tables are made when the first transaction is.
 *
 * @param locator `postgres://USER@HOST:PORT/DATABASE?schema=SCHEMA`; without a schema, `resumable_tx`. A password can also be
 * in the variable `PGPASSWORD`, or in the file that `PGPASSFILE` names.
 * @throws {TypeError} It is no such locator.
 * @throws {JournalRefused} The server refuses: the user, the password, the database, or tables of a newer version.
 * @throws {JournalUnwritable} The server cannot be reached.
 */
export async function openStore(locator: string): Promise<SqlStore> {
  const place = parsePostgresLocator(locator);
  try {
    return new SqlStore(await openPostgres(place), { maxInFlight: MAX_IN_FLIGHT });
  } catch (error) {
    throw toJournalError(place.shown, error, "read");
  }
}
