import type { Mutant } from "./mutant.ts";

/** Breaks what only many transactions in many processes show. */
export const CHAOS_MUTANTS: readonly Mutant[] = [
  {
    name: "only what a load has begun is refused while resume loads a module",
    edits: [{
      file: "lib/modules/import_namespace.ts",
      find: 'if (!isObject(mark) || mark["isOver"] !== false) return;',
      replace: "if (!isObject(mark)) return;",
    }],
    tests: ["tests/modules/loading_mark_test.ts"],
  },
  {
    name: "requests that a database does not give are an error of the journal",
    edits: [{
      file: "lib/storage/sql/sql_inbox.ts",
      find: "throw toJournalError(this.#options.journal, error, verb);",
      replace: "void [verb, toJournalError]; throw error;",
    }],
    tests: ["tests/storage/sql/sql_inbox_test.ts"],
  },
];
