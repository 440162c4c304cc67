import { fromFileUrl } from "@std/path/from-file-url";
import { resolve } from "@std/path/resolve";
import { SqlStore, type SqlStoreOptions } from "../sql/sql_store.ts";
import { openSqlite } from "./sqlite_database.ts";
import { toJournalError } from "../sql/journal_error.ts";

/** Two appends at once keep the thread of the database busy while this one prepares the next. */
const MAX_IN_FLIGHT = 2;
const SCHEME = "sqlite:";

/** Opens a database by its path or its `sqlite:` locator, and creates it if there is none. */
export async function openSqliteStore(
  locator: string,
  options: Omit<SqlStoreOptions, "maxInFlight"> = {},
): Promise<SqlStore> {
  const path = toPath(locator);
  const name = toLocator(path);
  try {
    return new SqlStore(await openSqlite(path, name), { ...options, maxInFlight: MAX_IN_FLIGHT });
  } catch (error) {
    throw toJournalError(name, error, "read");
  }
}

function toPath(locator: string): string {
  if (!locator.startsWith(SCHEME)) return resolve(locator);
  const [place = ""] = locator.slice(SCHEME.length).split("#");
  if (place === "" || place.includes("?")) {
    throw new TypeError(`Cannot use ${JSON.stringify(locator)}: write it as sqlite:/path/of/a.db`);
  }
  return place.startsWith("//") ? fromFileUrl(`file:${place}`) : resolve(decodeURIComponent(place));
}

/** What separates parts of a URL is escaped. */
function toLocator(path: string): string {
  return SCHEME + path.replaceAll(/[%#?]/g, encodeURIComponent);
}
