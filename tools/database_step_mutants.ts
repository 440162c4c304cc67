import type { Mutant } from "./mutant.ts";

const STATEMENTS = "lib/storage/postgres/statements.ts";
const TRANSACTIONS = "lib/storage/postgres/step_transactions.ts";
const COMPLETION = "lib/run/loop/record_completion.ts";
const TESTS = ["tests/storage/postgres/database_step_test.ts"];
const ENDS = ["tests/storage/postgres/database_step_ends_test.ts"];
const FENCES = ["tests/storage/postgres/database_step_fence_test.ts"];

/** Breaks the promise that a database step and its record are one. */
export const DATABASE_STEP_MUTANTS: readonly Mutant[] = [
  {
    name: "a database step of a run that has lost its journal is not committed",
    edits: [{ file: STATEMENTS, find: "else 1 / (select count(*) from added)::int end", replace: "else 1 end" }],
    tests: FENCES,
  },
  {
    name: "a database step that commits by itself is noticed",
    edits: [{ file: STATEMENTS, find: "when txid_current()::text <> $8 then", replace: "when $8 = '' then" }],
    tests: TESTS,
  },
  {
    name: "the lost answer to the commit of a database step is found out",
    edits: [{
      file: "lib/storage/sql/record_writer.ts",
      find: 'return answer.kind === "unknown" && end === "lost tail" ? { kind: "lost" } : end;',
      replace: 'return answer.kind === "unknown" ? { kind: "lost" } : end;',
    }],
    tests: TESTS,
  },
  {
    name: "a database step whose connection was lost begins again",
    edits: [{
      file: COMPLETION,
      find: "if (mayRepeat && again !== undefined",
      replace: "if (!mayRepeat && again !== undefined",
    }],
    tests: TESTS,
  },
  {
    name: "a database step whose value cannot be stored has not happened",
    edits: [{
      file: COMPLETION,
      find: 'if (end.kind === "failed" || end.dropped === undefined) return end;',
      replace: 'if (end.kind !== "finished" || end.dropped !== undefined || end.kind === "finished") return end;',
    }],
    tests: TESTS,
  },
  {
    name: "a database step that fails is rolled back",
    edits: [{ file: TRANSACTIONS, find: '[{ text: "rollback" }]', replace: '[{ text: "commit" }]' }],
    tests: TESTS,
  },
  {
    name: "the connection of a database step is of no use afterwards",
    edits: [{ file: TRANSACTIONS, find: "this.#isOver ? Promise.reject", replace: "!lost ? Promise.reject" }],
    tests: TESTS,
  },
  {
    name: "a plan with database steps is refused where the journal is no database of PostgreSQL",
    edits: [{
      file: "lib/run/start/start_transaction.ts",
      find: "if (need !== undefined) throw new JournalRefused",
      replace: "if (need === '') throw new JournalRefused",
    }],
    tests: TESTS,
  },
  {
    name: "a resume with database steps is refused where the journal is a file",
    edits: [{
      file: "lib/run/start/admission.ts",
      find: "if (need !== undefined) {",
      replace: "if (need === '') {",
    }],
    tests: ["tests/journal/golden_resume_test.ts"],
  },
  {
    name: "a database step that waits for its turn is not called after its run has lost the journal",
    edits: [{ file: "lib/run/loop/begin_action.ts", find: "      session.requireOwned();\n", replace: "" }],
    tests: ["tests/run/loop/lost_journal_test.ts"],
  },
  {
    name: "a database step that was lost with its record is not recorded again",
    edits: [{
      file: "lib/storage/sql/open_sql_journal.ts",
      find: "else this.#kept.clear();",
      replace: "else this.#kept.keep(row);",
    }],
    tests: FENCES,
  },
  {
    name: "a database step that has stopped does not wait for what it has asked",
    edits: [{ file: TRANSACTIONS, find: "if (isBusy || this.#pending > 0)", replace: "if (isBusy)" }],
    tests: ENDS,
  },
  {
    name: "what a database step sets for its session ends with it",
    edits: [{ file: TRANSACTIONS, find: "session, sql.RESET_SESSION", replace: "session, [sql.RESET_ROLE]" }],
    tests: ENDS,
  },
  {
    name: "a database step that stays idle for longer than the lease is rolled back",
    edits: [{
      file: STATEMENTS,
      find: "set_config('idle_in_transaction_session_timeout', $1, true)",
      replace: "$1::text as idle",
    }],
    tests: ENDS,
  },
  {
    name: "a step is told how many owners its journal has had",
    edits: [{
      file: "lib/run/session/session.ts",
      find: "this.epoch = options.journal.epoch;",
      replace: "this.epoch = 1;",
    }],
    tests: ["tests/run/session/epoch_test.ts"],
  },
];
