import { describeMigration } from "../../messages/describe_migration.ts";
import { isOfDatabase } from "../../storage/locator_scheme.ts";
import { nameIn } from "../../storage/locator.ts";
import { migrateTables } from "../../storage/migrate_tables.ts";
import { escapeForTerminal } from "../../text/escape.ts";
import {
  type Command,
  type CommandIo,
  type CommandRequest,
  UsageError,
  writeJson,
  writeLines,
} from "../frame/command.ts";
import { EXIT } from "../frame/exit_code.ts";

export const migrateCommand: Command = {
  name: "migrate",
  summary: "Makes or updates the tables of a database, or prints the SQL that does it",
  details: [
    "The first transaction makes the tables of a database, and the first one of a newer version of resumable-tx updates them. " +
    "You need this command if those who run transactions may not do that: run it as the owner of the schema.",
    "migrate says which version the tables had. Several processes may run it at the same time. Tables that a newer version " +
    "of resumable-tx has made are refused.",
    "With --print, it changes nothing and writes the SQL to standard output, for example for a review or for psql. If there " +
    "is nothing to do, it writes nothing there.",
  ],
  permissions: "-A",
  arguments: [{
    name: "STORE",
    summary: "locator of the database; default: the store",
    isOptional: true,
    completion: "folder",
  }],
  options: [
    { name: "print", summary: "changes nothing, and prints the SQL that would be run" },
    { name: "json", summary: "writes the versions and the SQL as JSON" },
  ],
  exitCodes: [
    [EXIT.finished, "the tables have the newest version; with --print: the SQL was printed"],
    [EXIT.usage, "wrong usage, or it is no database"],
    [EXIT.damaged, "the database is damaged"],
    [EXIT.ioError, "the database cannot be reached, the disk failed, or there is no room"],
    [EXIT.refused, "a permission is missing, or the tables are of a newer version or of something else"],
  ],
  examples: [
    { words: "migrate postgres://owner@db/tx", what: "makes the schema and its tables, or updates them" },
    { words: "migrate postgres://owner@db/tx --print | psql owner@db/tx", what: "does the same with psql" },
  ],
  run: migrate,
};

async function migrate(request: CommandRequest, io: CommandIo): Promise<number> {
  const isDry = request.flags.has("print");
  const migration = await migrateTables(readTarget(request), { isDry }).catch((error) => {
    throw error instanceof TypeError ? new UsageError(error.message) : error;
  });
  const { database, found, newest, statements } = migration;
  if (request.flags.has("json")) {
    writeJson(io, { database, found, newest, isDryRun: isDry, statements });
  } else if (isDry) {
    for (const statement of statements) io.writeOut(`${escapeForTerminal(statement.replaceAll(/\s+/g, " "))};\n`);
  }
  writeLines(io, describeMigration(migration, { isDry }));
  return EXIT.finished;
}

function readTarget({ arguments: [target], store }: CommandRequest): string {
  const database = target ?? store;
  if (database === undefined) throw new UsageError("Name the database, as the last word or with --store");
  const advice = "write sqlite:PATH or postgres://USER@HOST/DATABASE";
  // What cannot be one is not repeated: it may hold a password.
  if (!isOfDatabase(database)) throw new UsageError(`It is no database whose tables could be made: ${advice}`);
  let name: string | undefined;
  try {
    name = nameIn(database);
  } catch (error) {
    throw error instanceof TypeError ? new UsageError(error.message) : error;
  }
  if (name === undefined) return database;
  throw new UsageError('The locator names a transaction: leave out "#" and what follows');
}
