/**
 * The schemes of databases, and the module and function that open one. A specifier that is no literal is not resolved before
 * the program starts: who names no database loads and downloads nothing of it.
 */
export const DATABASES: ReadonlyMap<string, readonly [specifier: string, name: string]> = new Map([
  ["sqlite:", ["./sqlite/open_sqlite_store.ts", "openSqliteStore"]],
  ["postgres:", ["./postgres/open_postgres_store.ts", "openPostgresStore"]],
  ["postgresql:", ["./postgres/open_postgres_store.ts", "openPostgresStore"]],
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
