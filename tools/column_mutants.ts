import type { Mutant } from "./mutant.ts";

const STATEMENTS = "lib/storage/sqlite/statements.ts";
const SUMMARIES = "lib/inspect/data/find_summaries.ts";
const READER = "lib/storage/sql/sql_reader.ts";
const COLUMNS = "tests/cli/commands/list_columns_test.ts";
const PRUNE = "tests/cli/commands/prune_database_test.ts";
const STATEMENTS_TEST = "tests/storage/sqlite/statements_test.ts";

/** What makes a list of a database, or what it removes, differ from what the records say. */
export const COLUMN_MUTANTS: readonly Mutant[] = [
  {
    name: "a list believes what was said before the run that died",
    edits: [{
      file: "lib/storage/sqlite/due_statements.ts",
      find: "listens = 1, listed = null, blocked = null,",
      replace: "listens = 1, blocked = null,",
    }],
    tests: [COLUMNS],
  },
  {
    name: "a list believes what was said before a repair that died",
    edits: [{ file: STATEMENTS, find: "`listed = null, listens = 0,", replace: "`listens = 0," }],
    tests: [COLUMNS],
  },
  {
    name: "a list believes the column of an owner that is dead",
    edits: [{
      file: READER,
      find: "owner !== undefined && !isHeld(row) ? undefined : readListing",
      replace: "readListing",
    }],
    tests: [COLUMNS],
  },
  {
    name: "a list says what to type next of a transaction that is owned",
    edits: [{ file: SUMMARIES, find: "const held = isHeld ?", replace: "const held = !isHeld ?" }],
    tests: [COLUMNS],
  },
  {
    name: "a list has the time of the run, and not that of the record",
    edits: [{
      file: "lib/storage/sql/read_records.ts",
      find: "{ ...release.listing, ...written }",
      replace: "{ ...written, ...release.listing }",
    }],
    tests: [COLUMNS],
  },
  {
    name: "a second page begins where the first one began",
    edits: [{ file: STATEMENTS, find: "(t.last_at, t.id) > (?6, ?7)", replace: "(t.last_at, t.id) >= (?6, ?7)" }],
    tests: [STATEMENTS_TEST],
  },
  {
    name: "prune removes what another process has owned meanwhile",
    edits: [{
      file: STATEMENTS,
      find: "where id = ?1 and epoch = ?2 and status in",
      replace: "where id = ?1 and ?2 = ?2 and status in",
    }],
    tests: [PRUNE, STATEMENTS_TEST],
  },
  {
    name: "prune promises to remove what was exported",
    edits: [{
      file: "lib/cli/commands/prune_command.ts",
      find: "summary.found?.isExported !== true && ",
      replace: "",
    }],
    tests: [PRUNE],
  },
  {
    name: "ids do not sort by time",
    edits: [{
      file: "lib/storage/locator.ts",
      find: "view.setUint16(4, now % 2 ** 16);",
      replace: "view.setUint16(4, 0);",
    }],
    tests: ["tests/storage/locator_test.ts"],
  },
  {
    name: "check of a database ends well although a journal is damaged",
    edits: [{
      file: "lib/cli/commands/check_command.ts",
      find: "return unsound.length === 0 ? EXIT.finished : EXIT.damaged;",
      replace: "return EXIT.finished;",
    }],
    tests: ["tests/cli/commands/check_database_test.ts"],
  },
];
