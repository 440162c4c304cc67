import type { Mutant } from "./mutant.ts";

const EXPORT = "lib/run/amend/export_journal.ts";
const IMPORT = "lib/run/amend/import_journal.ts";
const MOVES = ["tests/product/moves/moves_test.ts"];
const KILLED = ["tests/product/moves/killed_test.ts"];
const QUEUED = ["tests/product/moves/queued_test.ts"];
const MIGRATE = ["tests/cli/commands/migrate_command_test.ts"];

const DEPART = "    if (open !== undefined) await depart(moves, open, begun, file);\n";
const PUBLISH = "    file.publish();\n    return { kind: isCopy";

/** Breaks the promise that of a transaction that is moved, one copy may be run, and what goes with it. */
export const MOVE_MUTANTS: readonly Mutant[] = [
  {
    name: "an exported file is a journal only when the database does not run the transaction any more",
    edits: [{
      file: EXPORT,
      find: DEPART + PUBLISH,
      replace: `    file.publish();\n${DEPART}    return { kind: isCopy`,
    }],
    tests: KILLED,
  },
  {
    name: "a file that is imported is no journal any more before the database runs the transaction",
    edits: [{ file: IMPORT, find: "    if (source.open !== undefined) file.suspend();\n", replace: "" }],
    tests: KILLED,
  },
  {
    name: "a file that is being written has a blank as its first byte",
    edits: [{
      file: "lib/storage/moving_file.ts",
      find: 'seq === 0 ? " " : recordMarker(seq)',
      replace: "recordMarker(seq)",
    }],
    tests: KILLED,
  },
  {
    name: "an exported transaction is imported only from a file that begins with its records",
    edits: [{
      file: IMPORT,
      find: 'if (kind === "equal" || kind === "file has more") return',
      replace: "return",
    }],
    tests: MOVES,
  },
  {
    name: "reclaim refuses while the file is there",
    edits: [{
      file: "lib/run/amend/reclaim_journal.ts",
      find: "    if (left !== undefined && !left.isSuspended) {\n",
      replace: "    if (left?.isEmpty) {\n",
    }],
    tests: MOVES,
  },
  {
    name: "nothing takes an exported transaction over",
    edits: [{
      file: "lib/storage/sqlite/statements.ts",
      find: "taken_at = ?3 where id = ?1 and status <> 8\n",
      replace: "taken_at = ?3 where id = ?1\n",
    }],
    tests: MOVES,
  },
  {
    name: "an export to a file raises the epoch in SQLite",
    edits: [{
      file: "lib/storage/sqlite/move_statements.ts",
      find: "status = 8, owner = null, listens = 0, epoch = epoch + 1,",
      replace: "status = 8, owner = null, listens = 0,",
    }],
    tests: MOVES,
  },
  {
    name: "an imported transaction has the name that its author gave it",
    edits: [{ file: IMPORT, find: "options.name ?? state.name ?? basename(", replace: "options.name ?? basename(" }],
    tests: QUEUED,
  },
  {
    name: "an imported transaction that has not begun waits for a process, and not for a person",
    edits: [{
      file: "lib/run/session/release.ts",
      find: 'return state.queued !== undefined && state.runs.length === 1 ? queuedStatus(state) : "asking";',
      replace: 'return "asking";',
    }],
    tests: QUEUED,
  },
  {
    name: "a finished transaction of which a step is to run again is no finished one",
    edits: [{
      file: "lib/run/session/release.ts",
      find: "return isClosed(status) || wasOver ? restStatus(state) : undefined;",
      replace: "return isClosed(status) ? restStatus(state) : undefined;",
    }],
    tests: ["tests/product/stories/rewound_in_database_test.ts"],
  },
  {
    name: "migrate --print makes no SQLite file",
    edits: [{
      file: "lib/storage/sqlite/open_sqlite_store.ts",
      find: "    if (!isDry) await (await openSqliteStore",
      replace: "    await (await openSqliteStore",
    }],
    tests: MIGRATE,
  },
  {
    name: "migrate --print makes no schema in PostgreSQL",
    edits: [{
      file: "lib/storage/postgres/open_postgres_store.ts",
      find: "    if (!isDry) await patiently(",
      replace: "    await patiently(",
    }],
    tests: MIGRATE,
  },
  {
    name: "moves: an export completes a file that has something else",
    edits: [{
      file: "lib/run/amend/export_journal.ts",
      find: 'if (kind !== "equal" && kind !== "file has more") throw new JournalExported(name, exported);',
      replace: "void kind;",
    }],
    tests: ["tests/product/moves/taken_test.ts"],
  },
];
