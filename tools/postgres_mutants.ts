import type { Mutant } from "./mutant.ts";

const STATEMENTS = "lib/storage/postgres/statements.ts";
const CONNECTION = "lib/storage/postgres/connection.ts";
const OUTAGE = "tests/storage/postgres/outage_test.ts";
const TROUBLE = "tests/storage/postgres/trouble_test.ts";

/** Breaks what keeps journals in PostgreSQL whole. */
export const POSTGRES_MUTANTS: readonly Mutant[] = [
  {
    name: "an append to PostgreSQL is fenced by its owner and its epoch",
    edits: [{
      file: STATEMENTS,
      find: "select case when f.owner = $1 then f.epoch end from {transactions} f where f.id = ${tx}) = ${epoch}",
      replace:
        "select case when f.owner = $1 then ${epoch} else ${epoch} end from {transactions} f where f.id = ${tx}) = ${epoch}",
    }],
    tests: [OUTAGE],
  },
  {
    name: "what PostgreSQL has committed although its answer was lost is this process's own",
    edits: [{
      file: "lib/storage/sql/record_writer.ts",
      find: 'again[index] === true ? "written" : endAt(places[index], row)]',
      replace: 'again[index] === true ? "written" : "fenced"]',
    }],
    tests: [OUTAGE],
  },
  {
    name: "a commit that no standby has confirmed is no acknowledgement",
    edits: [{
      file: CONNECTION,
      find: 'if (isUnconfirmed()) throw new DatabaseError("away", "no standby has confirmed what was committed");',
      replace: "",
    }],
    tests: [OUTAGE],
  },
  {
    name: "a connection to PostgreSQL that was lost is made again",
    edits: [{ file: CONNECTION, find: "if (this.#session === session) this.#session = undefined;", replace: "" }],
    tests: [OUTAGE],
  },
  {
    name: "a transaction that is in the way of another is tried again",
    edits: [{ file: "lib/storage/postgres/postgres_error.ts", find: '["40", "away"],', replace: "" }],
    tests: [TROUBLE],
  },
  {
    name: "statements are named only where the server itself answers",
    edits: [{
      file: CONNECTION,
      find: 'const isDirect = row?.["pid"] === client.processID;',
      replace: "const isDirect = true;",
    }],
    tests: ["tests/storage/postgres/pgbouncer_test.ts"],
  },
  {
    name: "claims from PostgreSQL wait for one another",
    edits: [{
      file: "lib/storage/postgres/due_statements.ts",
      find: "where name = any($1::text[]) order by name for update",
      replace: "where name = any($1::text[]) order by name",
    }],
    tests: ["tests/storage/postgres/statements_test.ts"],
  },
  {
    name: "no message shows the password of a locator",
    edits: [{ file: "lib/storage/postgres/postgres_locator.ts", find: '  shown.password = "";\n', replace: "" }],
    tests: ["tests/storage/postgres/locator_test.ts"],
  },
  {
    name: "tables of a newer version are refused",
    edits: [{
      file: "lib/storage/postgres/migrate.ts",
      find: "if (version <= SCHEMA_VERSION) return version;",
      replace: "if (version > 0) return SCHEMA_VERSION;",
    }],
    tests: [TROUBLE],
  },
  {
    name: "reading makes no tables",
    edits: [{
      file: "lib/storage/postgres/postgres_workers.ts",
      find: "await readVersion(this.common, this.place);",
      replace: "await migrate(this.common, this.place);",
    }],
    tests: [TROUBLE],
  },
];
