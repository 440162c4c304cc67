import type { MigrateOptions, Migration } from "../migrate_tables.ts";
import { toJournalError } from "../sql/journal_error.ts";
import { SYSTEM_CLOCK, withPatience } from "../sql/patience.ts";
import { SCHEMA_VERSION } from "../sql/schema.ts";
import { SqlStore } from "../sql/sql_store.ts";
import type { LeaseTimes } from "../sql/sql_worker.ts";
import { Connection } from "./connection.ts";
import { migrate, migrationFrom, readVersion } from "./migrate.ts";
import { openPostgres } from "./postgres_database.ts";
import { parsePostgresLocator } from "./postgres_locator.ts";

/** While the server makes one batch durable, it takes the next. */
const MAX_IN_FLIGHT = 2;
/** So long a server that is away is tried again. */
const PATIENCE_MS = 10_000;

interface OpenPostgresOptions {
  readonly times?: LeaseTimes;
  readonly patienceMs?: number;
}

/** Opens a store in PostgreSQL by its locator. The tables are made when the first transaction is. */
export async function openPostgresStore(locator: string, options: OpenPostgresOptions = {}): Promise<SqlStore> {
  const { times, patienceMs = PATIENCE_MS } = options;
  const place = parsePostgresLocator(locator);
  try {
    const database = await withPatience(() => openPostgres(place), (waitedMs) => waitedMs < patienceMs, SYSTEM_CLOCK);
    return new SqlStore(database, { maxInFlight: MAX_IN_FLIGHT, ...(times === undefined ? {} : { times }) });
  } catch (error) {
    throw toJournalError(place.shown, error, "read");
  }
}

/** Makes or updates the tables of a schema, and the schema if there is none. */
export async function migratePostgres(locator: string, { isDry }: MigrateOptions): Promise<Migration> {
  const place = parsePostgresLocator(locator);
  const patiently = <T>(call: () => Promise<T>) =>
    withPatience(call, (waitedMs) => waitedMs < PATIENCE_MS, SYSTEM_CLOCK);
  await using connection = new Connection(place, { isUnconfirmed: false });
  try {
    const found = await patiently(() => readVersion(connection, place));
    if (!isDry) await patiently(() => migrate(connection, place));
    return { database: place.shown, found, newest: SCHEMA_VERSION, statements: migrationFrom(place.schema, found) };
  } catch (error) {
    throw toJournalError(place.shown, error, "read");
  }
}
