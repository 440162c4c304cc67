import { JournalNotFound } from "../errors/opening_errors.ts";
import type { Migration } from "../storage/migrate_tables.ts";
import { commandLine, quote } from "../text/escape.ts";
import { VERSION } from "../version.ts";

/** There is nothing where a worker is to run what is due: it must not make a database of a name that was misspelt. */
export function missingDatabase({ journal }: JournalNotFound): JournalNotFound {
  const command = commandLine(VERSION, "migrate", journal);
  return new JournalNotFound(journal, { next: [{ when: "If the database is new, make its tables first", command }] });
}

/** What was found of the tables of a database, and what was done. */
export function describeMigration(
  { database, found, newest }: Migration,
  { isDry }: { readonly isDry: boolean },
): readonly string[] {
  const known = "the newest that this version of resumable-tx knows";
  if (found === newest) return [`nothing to do: the tables of ${quote(database)} have version ${newest}, ${known}`];
  const before = found === 0 ? "no tables" : `tables of version ${found}`;
  if (isDry) {
    return [`${quote(database)} has ${before}. The SQL makes version ${newest}, ${known}. Nothing was changed`];
  }
  const done = found === 0 ? "made" : "updated";
  return [`${done}: ${quote(database)} had ${before}, and has version ${newest} now, ${known}`];
}
