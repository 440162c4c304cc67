import { DatabaseError, type DatabaseTrouble } from "../sql/database.ts";

/** Deno passes on only SQLite's texts, which are part of its interface and in no other language. */
const TROUBLES: readonly (readonly [RegExp, DatabaseTrouble])[] = [
  [/database or disk is full/, "full"],
  [/is locked|locking protocol|interrupted|out of memory/, "away"],
  [/disk I\/O error/, "failed"],
  [/malformed/, "damaged"],
  [/constraint failed|datatype mismatch|too big|out of range|cannot be bound/, "data"],
];

/** What SQLite reports, as the store understands it. Anything else is a database that cannot be used so. */
export function toDatabaseError(error: unknown, path: string): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const trouble = TROUBLES.find(([pattern]) => pattern.test(message))?.[1] ?? "refused";
  return new DatabaseError(trouble, `${explain(message, path)}`, { cause: error });
}

function explain(message: string, path: string): string {
  const file = JSON.stringify(path);
  if (message.includes("database or disk is full")) return `there is no room for ${file}`;
  if (message.includes("is locked")) return `another process has locked ${file} for too long`;
  if (message.includes("malformed")) {
    return `${file} is damaged. Copy it with the files beside it, and recover what is in it with sqlite3's command .recover`;
  }
  if (message.includes("readonly database")) return `this process may not write ${file}, or its folder`;
  if (message.includes("not a database")) return `${file} is no SQLite database`;
  if (message.includes("unable to open database file")) {
    return `${file} cannot be opened. Its folder must exist, and it must be a file that this process may read and write`;
  }
  return `${file}: ${message}`;
}
