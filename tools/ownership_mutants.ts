import type { Mutant } from "./mutant.ts";

const FOLDER = "lib/storage/file/request_folder.ts";
const FOLDER_TEST = "tests/storage/file/request_folder_test.ts";
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
];
