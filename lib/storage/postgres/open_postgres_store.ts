import { toJournalError } from "../sql/journal_error.ts";
import { SYSTEM_CLOCK, withPatience } from "../sql/patience.ts";
import { SqlStore } from "../sql/sql_store.ts";
import type { LeaseTimes } from "../sql/sql_worker.ts";
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
