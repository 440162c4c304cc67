import { DatabaseSync } from "node:sqlite";
import { toFileUrl } from "@std/path/to-file-url";
import { attempt } from "../../values/shape.ts";
import { DatabaseError } from "../sql/database.ts";
import { type ColumnTypes, MIGRATIONS, SCHEMA_VERSION } from "../sql/schema.ts";

/** How long a call waits for another process's write, in the thread: the store tries again afterwards. */
const BUSY_TIMEOUT_MS = 500;
/** A commit that finds more pages than this in the log moves them into the database. */
const CHECKPOINT_PAGES = 4000;
const CACHE_KIB = 32 * 1024;

const TYPES: ColumnTypes = {
  id: "text",
  text: "text",
  time: "integer",
  small: "integer",
  int: "integer",
  millis: "integer",
  real: "real",
  flag: "integer",
  fill: () => "",
};

/**
 * Opens a database, makes what is missing of its tables, and sets what each connection must set for itself. One that this
 * process may only read is opened for that.
 */
export function openDatabase(path: string): DatabaseSync {
  try {
    return openWritable(path);
  } catch (error) {
    const isRefused = error instanceof Error && /readonly database|unable to open database file/.test(error.message);
    // With the log beside it, another process uses it: what is in the log would be missing.
    const found = isRefused && !isFile(`${path}-wal`) ? openUnchanging(path) : undefined;
    if (found === undefined) throw error;
    return found;
  }
}

/** Without a log of its own, SQLite reads only what it is told not to change. */
function openUnchanging(path: string): DatabaseSync | undefined {
  if (!isFile(path)) return undefined;
  const url = toFileUrl(path);
  url.search = "?mode=ro&immutable=1";
  const database = new DatabaseSync(url, { readOnly: true });
  try {
    if (readVersion(database, path) === SCHEMA_VERSION) return database;
    database.close();
    return undefined;
  } catch (error) {
    database.close();
    throw error;
  }
}

function isFile(path: string): boolean {
  return attempt(() => Deno.statSync(path))?.isFile === true;
}

function openWritable(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    // What is not ours is refused before anything in it is changed, and the log would change its header.
    readVersion(database, path);
    const mode = database.prepare("pragma journal_mode = wal").get()?.["journal_mode"];
    if (mode !== "wal") throw new DatabaseError("refused", `${JSON.stringify(path)} takes no write-ahead log`);
    // Without FULL, a power cut may lose what was acknowledged.
    database.exec(`pragma synchronous = full; pragma wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    // What a savepoint could restore, and pages that leave the cache before the commit, would be written besides.
    database.exec(`pragma temp_store = memory; pragma cache_size = ${-CACHE_KIB}; pragma cache_spill = off`);
    migrate(database, path);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Finds the version of the tables of a file, and changes nothing. 0: there are none, or there is no file. */
export function findVersion(path: string): number {
  if ((attempt(() => Deno.statSync(path))?.size ?? 0) === 0) return 0;
  const url = toFileUrl(path);
  // Where no process uses it, SQLite would make a log beside it.
  url.search = isFile(`${path}-wal`) ? "?mode=ro" : "?mode=ro&immutable=1";
  const database = new DatabaseSync(url, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
  try {
    return readVersion(database, path);
  } finally {
    database.close();
  }
}

/** The statements that make the newest version of the tables out of another. */
export function migrationFrom(version: number): readonly string[] {
  const steps = MIGRATIONS.slice(version).flatMap((_, index) => migration(version + index));
  return steps.length === 0 ? [] : ["begin immediate", ...steps, "commit"];
}

/** The statements that lead from a version to the next. */
function migration(version: number): readonly string[] {
  const at = "cast(strftime('%s', 'now') as integer) * 1000";
  return [...MIGRATIONS[version]?.(TYPES) ?? [], `insert into meta (version, at) values (${version + 1}, ${at})`];
}

/** Makes what is missing of the tables. */
export function migrate(database: DatabaseSync, path: string): void {
  if (readVersion(database, path) === SCHEMA_VERSION) return;
  database.exec("begin immediate");
  try {
    // Another process may have done it meanwhile.
    for (let version = readVersion(database, path); version < SCHEMA_VERSION; version += 1) {
      for (const statement of migration(version)) database.exec(statement);
    }
    database.exec("commit");
  } catch (error) {
    if (database.isTransaction) database.exec("rollback");
    throw error;
  }
}

/** Refuses the tables of a newer version, and a database of something else. */
function readVersion(database: DatabaseSync, path: string): number {
  const tables = database.prepare("select name from sqlite_schema where type = 'table'").all().map(({ name }) => name);
  if (tables.length === 0) return 0;
  const version = tables.includes("meta") && tables.includes("records")
    ? Number(database.prepare("select max(version) as version from meta").get()?.["version"])
    : NaN;
  const file = JSON.stringify(path);
  if (!Number.isInteger(version)) throw new DatabaseError("refused", `${file} is a database of something else`);
  if (version > SCHEMA_VERSION) {
    const what = `${file} has tables of version ${version}, and this version of resumable-tx knows ${SCHEMA_VERSION}`;
    throw new DatabaseError("refused", `${what}. Use a newer version of resumable-tx`);
  }
  return version;
}
