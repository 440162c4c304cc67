/** What is done with a database: each room has a function for it. */
export interface DatabaseRoom {
  readonly specifier: string;
  readonly open: string;
  readonly migrate: string;
}

const POSTGRES: DatabaseRoom = {
  specifier: "./postgres/open_postgres_store.ts",
  open: "openPostgresStore",
  migrate: "migratePostgres",
};

/**
 * The schemes of databases, and the module of each with the names of its functions. A specifier that is no literal is not resolved before
 * the program starts: who names no database loads and downloads nothing of it.
 */
export const DATABASES: ReadonlyMap<string, DatabaseRoom> = new Map([
  ["sqlite:", { specifier: "./sqlite/open_sqlite_store.ts", open: "openSqliteStore", migrate: "migrateSqlite" }],
  ["postgres:", POSTGRES],
  ["postgresql:", POSTGRES],
]);

/** Stands in commands for a journal whose name is not known yet. A shell takes it as it is. */
export const ANY_JOURNAL = "THIS-JOURNAL";

/** One letter before a colon is a drive, and a file's name may have a colon too. */
export const SCHEME = /^(?:file|sqlite|postgres|postgresql):|^[a-z][a-z0-9+.-]+:(?=\/\/)/i;

export function schemeOf(locator: unknown): string | undefined {
  if (locator instanceof URL) return locator.protocol;
  return typeof locator === "string" ? SCHEME.exec(locator)?.[0].toLowerCase() : undefined;
}

/** Whether a locator or a name is one of a database. */
export function isOfDatabase(locator: string | URL | undefined): boolean {
  return DATABASES.has(schemeOf(locator) ?? "");
}

/** Whether a word of a command line is a name where a store is given. Otherwise it is a path or a locator. */
export function isBareName(word: string): boolean {
  return !SCHEME.test(word) && !/[/\\]|\.json$|^\.{1,2}$/i.test(word);
}
