import type { Mutant } from "./mutant.ts";

const STATEMENTS = "lib/storage/postgres/statements.ts";
const STATEMENTS_TEST = ["tests/storage/postgres/statements_test.ts"];

/** What comes late, or comes first and is not complete. Those of SQLite are in `statement_breaks.ts`. */
export const LATE_MUTANTS: readonly Mutant[] = [
  {
    name: "PostgreSQL: a run that begins late lets requests in again",
    edits: [
      {
        file: "lib/storage/postgres/due_statements.ts",
        find: "and t.epoch = a.epoch and t.listens <= 1),",
        replace: "and t.epoch = a.epoch),",
      },
      {
        file: "lib/storage/postgres/due_statements.ts",
        find: "and t.epoch = c.epoch and t.listens <= 1 returning t.id)",
        replace: "and t.epoch = c.epoch returning t.id)",
      },
    ],
    tests: STATEMENTS_TEST,
  },
  {
    name: "PostgreSQL: requests are let in by a call that comes late",
    edits: [{ file: STATEMENTS, find: "and listens <= $4 returning 1", replace: "returning 1" }],
    tests: STATEMENTS_TEST,
  },
  {
    name: "PostgreSQL: what was removed is created again by a call that comes late",
    edits: [{
      file: STATEMENTS,
      find: "lease_until > ${NOW} and creations < ${batch}::int)`",
      replace: "lease_until > ${NOW} and ${batch}::int > 0)`",
    }],
    tests: STATEMENTS_TEST,
  },
  {
    name: "PostgreSQL: a lost answer of a creation is not known that found a name taken",
    edits: [{ file: STATEMENTS, find: "taken = d.taken from", replace: "taken = null from" }],
    tests: STATEMENTS_TEST,
  },
  {
    name: "SQLite: a lost answer of a creation is not known that found a name taken",
    edits: [{
      file: "lib/storage/sqlite/statements.ts",
      find: "set taken = ?2 where id = ?1",
      replace: "set taken = substr(?2, 1, 0) where id = ?1",
    }],
    tests: ["tests/storage/sqlite/statements_test.ts"],
  },
  {
    name: "a plan that its run has recorded in part is ready for workers",
    edits: [{ file: "lib/run/start/start_transaction.ts", find: "first, { isPartial });", replace: "first);" }],
    tests: ["tests/storage/sqlite/large_plan_test.ts"],
  },
  {
    name: "resume of a database reads every journal",
    edits: [{
      file: "lib/cli/resume/resume_folder.ts",
      find: "if (store.search !== undefined) return yield*",
      replace: "if (store.search === undefined) return yield*",
    }],
    tests: ["tests/cli/resume/resume_database_test.ts"],
  },
];
