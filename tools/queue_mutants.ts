import type { Mutant } from "./mutant.ts";

const ROWS = "tests/storage/sqlite/queued_rows_test.ts";

/** Mutants that break the promises about transactions that are recorded and run later. */
export const QUEUE_MUTANTS: readonly Mutant[] = [
  {
    name: "what was enqueued for later is run at once",
    edits: [{
      file: "lib/run/start/admission.ts",
      find: "dueAt === undefined || request.now === true",
      replace: "dueAt !== undefined || request.now === true",
    }],
    tests: ["tests/cli/lines_test.ts"],
  },
  {
    name: "a command that was refused makes a transaction due that was enqueued for later",
    edits: [{
      file: "lib/storage/sqlite/statements.ts",
      find: "due_at = coalesce(?5, case when ?4 is null then due_at else ?6 end)",
      replace: "due_at = coalesce(?5, ?6)",
    }],
    tests: [ROWS],
  },
  {
    name: "a plan can be claimed whose process died while it recorded the plan",
    edits: [{
      file: "lib/storage/sql/listing.ts",
      find: 'isPartial ? "aborted" : "running"',
      replace: '"running"',
    }],
    tests: [ROWS],
  },
  {
    name: "transactions that are enqueued at once do not share commits",
    edits: [{
      file: "lib/storage/sql/record_writer.ts",
      find: "Math.max(worker.held.size + 1, this.#creating)",
      replace: "worker.held.size + 1",
    }],
    tests: ["tests/storage/sql/enqueue_test.ts"],
  },
  {
    name: "a wait does not notice that its transaction was removed",
    edits: [{
      file: "lib/storage/sql/row_watch.ts",
      find: 'marks.get(watcher.tx) : "gone"',
      replace: "marks.get(watcher.tx) : undefined",
    }],
    tests: ["tests/storage/sql/enqueue_test.ts"],
  },
];
