import type { Mutant } from "./mutant.ts";

const CALL = "lib/storage/sql/once_call.ts";
const POSTGRES = "lib/storage/postgres/once.ts";
const CLIENT = "lib/storage/postgres/once_client.ts";
const SQLITE = "lib/storage/sqlite/once.ts";
const TESTS = ["tests/storage/sqlite/once_test.ts", "tests/storage/postgres/once_test.ts"];

/** Breaks the promise that `once` does its work exactly once. */
export const ONCE_MUTANTS: readonly Mutant[] = [
  {
    name: "two calls of once with one key in a step are refused",
    edits: [{ file: CALL, find: "  keys.add(key);\n", replace: "" }],
    tests: TESTS,
  },
  {
    name: "a call of once that has failed has not used its key up",
    edits: [{ file: CALL, find: "    keys.delete(key);\n", replace: "" }],
    tests: TESTS,
  },
  {
    name: "the value of once is stored in SQLite in the transaction of its work",
    edits: [{ file: SQLITE, find: '  await whileLocked(() => sql.exec("begin immediate"), signal);\n', replace: "" }],
    tests: TESTS,
  },
  {
    name: "work of once that ends its transaction in SQLite is noticed",
    edits: [{ file: SQLITE, find: "    throw endedByWork(key);\n", replace: "" }],
    tests: TESTS,
  },
  {
    name: "calls of once on one connection to SQLite wait for each other",
    edits: [{ file: SQLITE, find: "    await busy.done;\n", replace: "    break;\n" }],
    tests: TESTS,
  },
  {
    name: "once waits for a database that another process has locked",
    edits: [{ file: SQLITE, find: "if (!isLocked || signal", replace: "if (isLocked || signal" }],
    tests: TESTS,
  },
  {
    name: "once stores its value in PostgreSQL only in the transaction that has taken the key",
    edits: [{ file: POSTGRES, find: " and txid_current()::text = $3 returning 1", replace: " returning $3::text" }],
    tests: TESTS,
  },
  {
    name: "once makes its table under a lock",
    edits: [{
      file: POSTGRES,
      find: '["begin", LOCK_CREATION, ...CREATE, "commit"]',
      replace: '["begin", ...CREATE, "commit"]',
    }],
    tests: TESTS,
  },
  {
    name: "a pool finds out what a lost answer to the commit of once said",
    edits: [{ file: POSTGRES, find: "|| !isPool(sql)) throw error;", replace: "|| isPool(sql)) throw error;" }],
    tests: TESTS,
  },
  {
    name: "a client that is in a transaction is refused by what the driver tells, and by what the server says",
    edits: [{ file: POSTGRES, find: 'sqlStateOf(said) === "25001"', replace: "false" }],
    tests: TESTS,
  },
  {
    name: "a connection of a pool that is in the middle of something is closed",
    edits: [{ file: CLIENT, find: "client.release(isBroken);", replace: "client.release(false);" }],
    tests: TESTS,
  },
];
