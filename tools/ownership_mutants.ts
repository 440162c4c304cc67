import type { Mutant } from "./mutant.ts";

const FOLDER = "lib/storage/file/request_folder.ts";
const FOLDER_TEST = "tests/storage/file/request_folder_test.ts";
const IDENTITY = "lib/storage/sql/process_identity.ts";
const TAKEN = "tests/storage/postgres/take_over_test.ts";
const BAD_SERVER = "tests/storage/postgres/bad_database_test.ts";
const TAKE_OVER = "tests/storage/sqlite/take_over_test.ts";

/** Mutants that break the promises about who owns a transaction, and about what reaches its owner. */
export const OWNERSHIP_MUTANTS: readonly Mutant[] = [
  {
    name: "a step begins although a request was recorded before the last one ended",
    edits: [{
      file: FOLDER,
      find: "if (this.#isThere && this.#arrived !== undefined) this.#announce();",
      replace: "if (this.#isThere && performance.now() >= this.#glanceAt) this.#announce();",
    }],
    tests: [FOLDER_TEST],
  },
  {
    name: "a request that was answered at once is said not to be sent",
    edits: [{
      file: FOLDER,
      find: "if (error instanceof Deno.errors.NotFound && !isThere(folder)) return true;",
      replace: "if (error instanceof Deno.errors.NotFound && !isThere(folder)) return false;",
    }],
    tests: [FOLDER_TEST],
  },
  {
    name: "a request fails whose run ends, and removes its journal, while its sender looks",
    edits: [{
      file: "lib/run/amend/send_request.ts",
      find: '      if (error instanceof JournalNotFound && requests.length === 0) return "answered";\n',
      replace: "",
    }],
    tests: ["tests/run/amend/left_requests_test.ts"],
  },
  {
    name: "a process that was declared dead does not come back before its heartbeat has told it",
    edits: [{
      file: "lib/storage/sql/sql_store.ts",
      find: "      await this.reading(journal, () => parts.worker.confirm());\n",
      replace: "",
    }],
    tests: [TAKE_OVER],
  },
  {
    name: "a process is taken for dead although it lives",
    edits: [{
      file: "lib/storage/sql/sql_store.ts",
      find: "    if (!isProcessGone(worker.pid, worker.process)) throw new JournalLocked(journal, holderOf(row));\n",
      replace: "",
    }],
    tests: [TAKEN],
  },
  {
    name: "a process is recognised by its number alone",
    edits: [{
      file: IDENTITY,
      find: 'return isZombie || fields[START] !== identity.split(" ").at(-1);',
      replace: "return isZombie;",
    }],
    tests: [TAKEN],
  },
  {
    name: "a process of another machine or container is taken for dead",
    edits: [{ file: IDENTITY, find: "worldOf(own) !== worldOf(identity) || ", replace: "" }],
    tests: [TAKEN],
  },
  {
    name: "a run that has lost its transaction does not say who has it",
    edits: [{
      file: "lib/run/start/execute_run.ts",
      find: "error instanceof Fenced ? await session.findOwner() : undefined",
      replace: "undefined",
    }],
    tests: [TAKEN],
  },
  {
    name: "an owner whose lease is over is waited for without a word",
    edits: [{ file: "lib/storage/sql/sql_store.ts", find: "ms > UNNOTICED_MS", replace: "ms > Infinity" }],
    tests: ["tests/storage/sql/sql_store_test.ts"],
  },
  {
    name: "a command makes the tables of a transaction that is not there",
    edits: [{
      file: "lib/storage/sql/sql_store.ts",
      find: "      const found = await this.find(journal);\n      const parts = await this.#join(journal);\n",
      replace: "      const parts = await this.#join(journal);\n      const found = await this.find(journal);\n",
    }],
    tests: [BAD_SERVER],
  },
  {
    name: "what could not be written is listed",
    edits: [{
      file: "lib/storage/sql/open_sql_journal.ts",
      find: "this.#isBehind ? undefined : release?.()",
      replace: "release?.()",
    }],
    tests: [BAD_SERVER],
  },
  {
    name: "a damaged database is said to be refused",
    edits: [{
      file: "lib/storage/sqlite/sqlite_error.ts",
      find: '  [/malformed/, "damaged"],\n',
      replace: "",
    }],
    tests: ["tests/storage/sqlite/bad_database_test.ts"],
  },
];
