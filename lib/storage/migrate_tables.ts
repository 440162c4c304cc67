import { loadFunction } from "./locator.ts";

/** Which version the tables of a database have, and what leads to the newest one. */
export interface Migration {
  /** The locator of the database, without a password. */
  readonly database: string;
  /** The version that was found; 0 if there were no tables. */
  readonly found: number;
  /** The newest version that this version of the library knows. */
  readonly newest: number;
  /** What makes the newest version out of the one that was found, as SQL: nothing, if it is the newest. */
  readonly statements: readonly string[];
}

export interface MigrateOptions {
  /** Changes nothing, and makes no file. */
  readonly isDry: boolean;
}

export type Migrate = (database: string, options: MigrateOptions) => Promise<Migration>;

/**
 * Makes the tables of a database, or updates them.
 *
 * @throws {JournalRefused} They are of a newer version, or of something else; or a permission is missing.
 * @throws {JournalUnwritable} The database cannot be reached.
 */
export async function migrateTables(database: string, options: MigrateOptions): Promise<Migration> {
  const migrate: Migrate = await loadFunction(database, "migrate");
  return await migrate(database, options);
}
