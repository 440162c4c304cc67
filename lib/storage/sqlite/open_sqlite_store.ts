import { fromFileUrl } from "@std/path/from-file-url";
import { dirname } from "@std/path/dirname";
import { resolve } from "@std/path/resolve";
import { JournalError } from "../../errors/journal_error.ts";
import { JournalNotFound, JournalRefused } from "../../errors/opening_errors.ts";
import { adviseFlags, missingPermission } from "../../process/permissions.ts";
import { attempt } from "../../values/shape.ts";
import { schemeOf } from "../locator_scheme.ts";
import type { MigrateOptions, Migration } from "../migrate_tables.ts";
import { SCHEMA_VERSION } from "../sql/schema.ts";
import { SqlStore, type SqlStoreOptions } from "../sql/sql_store.ts";
import { openSqlite } from "./sqlite_database.ts";
import { toJournalError } from "../sql/journal_error.ts";

/** Two appends at once keep the thread of the database busy while this one prepares the next. */
const MAX_IN_FLIGHT = 2;
const SCHEME = "sqlite:";

interface OpenSqliteOptions extends Omit<SqlStoreOptions, "maxInFlight"> {
  /** A database that is not there is not created. */
  readonly mustExist?: boolean;
}

/** Opens a database by its path or its `sqlite:` locator, and creates it if there is none. */
export async function openSqliteStore(
  locator: string,
  { mustExist = false, ...options }: OpenSqliteOptions = {},
): Promise<SqlStore> {
  const path = toPath(locator);
  const name = toLocator(path);
  requireFolder(name, dirname(path));
  // An empty file is one that has no tables yet.
  if (mustExist && (attempt(() => Deno.statSync(path))?.size ?? 0) === 0) throw new JournalNotFound(name);
  // SQLite would let others read it. Its log gets the mode of the database. If this fails, opening says why.
  attempt(() => Deno.openSync(path, { write: true, createNew: true, mode: 0o600 }).close());
  try {
    return new SqlStore(await openSqlite(path, name), { ...options, maxInFlight: MAX_IN_FLIGHT });
  } catch (error) {
    throw toJournalError(name, error, "read");
  }
}

/** Makes or updates the tables of a database, and creates it if there is none. */
export async function migrateSqlite(locator: string, { isDry }: MigrateOptions): Promise<Migration> {
  const path = toPath(locator);
  const database = toLocator(path);
  const { findVersion, migrationFrom } = await import("./open_database.ts");
  const { toDatabaseError } = await import("./sqlite_error.ts");
  try {
    if (!isDry) requireFolder(database, dirname(path));
    const found = findVersion(path);
    if (!isDry) await (await openSqliteStore(locator))[Symbol.asyncDispose]();
    return { database, found, newest: SCHEMA_VERSION, statements: migrationFrom(found) };
  } catch (error) {
    if (error instanceof JournalError) throw error;
    throw toJournalError(database, toDatabaseError(error, path), "read");
  }
}

/** Beside a database there are its log and the locks of the processes that use it. */
function requireFolder(name: string, folder: string): void {
  const needed = ["read", "write"] as const;
  const missing = needed.filter((name) => Deno.permissions.querySync({ name, path: folder }).state !== "granted");
  if (missing.length === 0) return;
  const advice = adviseFlags(missing.map((permission) => missingPermission(permission, folder)));
  throw new JournalRefused(name, `Deno has no permission to ${missing.join(" and ")} its folder. ${advice}`);
}

function toPath(locator: string): string {
  if (schemeOf(locator) !== SCHEME) return resolve(locator);
  const [place = ""] = locator.slice(SCHEME.length).split("#");
  const path = attempt(() => decodeURIComponent(place));
  const isLocal = !place.startsWith("//") || place.startsWith("///");
  if (place === "" || place.includes("?") || !isLocal || path === undefined || path.includes("\0")) {
    throw new TypeError(`Cannot use ${JSON.stringify(locator)}: write it as sqlite:/path/of/a.db`);
  }
  return place.startsWith("//") ? fromFileUrl(`file:${place}`) : resolve(path);
}

/** What separates parts of a URL is escaped. */
function toLocator(path: string): string {
  return SCHEME + path.replaceAll(/[%#?]/g, encodeURIComponent);
}
