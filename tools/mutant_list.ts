import { CHAOS_MUTANTS } from "./chaos_mutants.ts";
import { DATABASE_STEP_MUTANTS } from "./database_step_mutants.ts";
import { COLUMN_MUTANTS } from "./column_mutants.ts";
import { FOLDER_MUTANTS } from "./folder_mutants.ts";
import { FAULT_MUTANTS } from "./fault_mutants.ts";
import { LATER_FAULT_MUTANTS } from "./later_fault_mutants.ts";
import { LATE_MUTANTS } from "./late_mutants.ts";
import { INPUT_MUTANTS } from "./input_mutants.ts";
import { DUE_MUTANTS } from "./due_mutants.ts";
import type { Mutant } from "./mutant.ts";
import { MOVE_MUTANTS } from "./move_mutants.ts";
import { NOTICE_MUTANTS } from "./notice_mutants.ts";
import { OWNERSHIP_MUTANTS } from "./ownership_mutants.ts";
import { ONCE_MUTANTS } from "./once_mutants.ts";
import { OVERDUE_MUTANTS } from "./overdue_mutants.ts";
import { POSTGRES_MUTANTS } from "./postgres_mutants.ts";
import { QUEUE_MUTANTS } from "./queue_mutants.ts";
import { SCHEDULE_MUTANTS } from "./schedule_mutants.ts";
import { REQUEST_MUTANTS } from "./request_mutants.ts";
import { ROLLBACK_MUTANTS } from "./rollback_mutants.ts";
import { SIMULATION_MUTANTS } from "./simulation_mutants.ts";
import { SIZE_MUTANTS } from "./size_mutants.ts";
import { SQL_MUTANTS } from "./sql_mutants.ts";
import { STATE_MUTANTS } from "./state_mutants.ts";
import { STORAGE_MUTANTS } from "./storage_mutants.ts";
import { VALUE_MUTANTS } from "./value_mutants.ts";

const LOST = "tests/run/loop/lost_journal_test.ts";
const KILL_LOOP = "tests/torture/kill/kill_loop_test.ts";
const STRACE = "tests/torture/disk/strace_test.ts";

const COMMIT_START = "      await session.commit({ stepsInFlight: inFlight.size + calls.length });\n";
const OWNED = "        session.requireOwned();\n";
const CALL = `      for (const call of calls) {\n${OWNED}        inFlight.follow(call());\n      }\n`;

/** What breaks the promises of a run. */
const RUN: readonly Mutant[] = [
  {
    name: "started is not durable before the call",
    edits: [{
      file: "lib/run/loop/run_loop.ts",
      find: COMMIT_START + CALL,
      replace: CALL + COMMIT_START,
    }],
    tests: ["tests/run/session/session_test.ts", "tests/run/start/start_transaction_test.ts", STRACE, KILL_LOOP],
  },
  {
    name: "a function is called although the journal was lost",
    edits: [{ file: "lib/run/loop/run_loop.ts", find: OWNED, replace: "" }],
    tests: [LOST],
  },
  {
    name: "steps that run are not told that the journal was lost",
    edits: [{
      file: "lib/run/start/execute_run.ts",
      find: "AbortSignal.any([stop.signal, failed.signal, session.lost])",
      replace: "AbortSignal.any([stop.signal, failed.signal])",
    }],
    tests: [LOST],
  },
  {
    name: "finished is not durable before the next step's call",
    edits: [{
      file: "lib/run/session/session.ts",
      find: "    const added = this.#added;\n",
      replace:
        "    const isLate = (event: Event) => event.type === 'finished' && this.#added.at(-1)?.type === 'started';\n" +
        "    const added = this.#added.filter((event) => !isLate(event));\n" +
        "    const late = this.#added.filter(isLate);\n",
    }, {
      file: "lib/run/session/session.ts",
      find: "    this.#added = [];\n",
      replace: "    this.#added = late;\n",
    }],
    tests: ["tests/run/session/session_test.ts", "tests/run/start/start_transaction_test.ts", KILL_LOOP],
  },
  {
    name: "an unknown step is taken for pending on resume",
    edits: [{
      file: "lib/state/apply_event.ts",
      find: 'step.status = "unknown";',
      replace: 'step.status = "pending";',
    }],
    tests: ["tests/state/apply_event_test.ts", "tests/run/start/resume_journal_test.ts", KILL_LOOP],
  },
  {
    name: "modules are loaded after the first write",
    edits: [{
      file: "lib/run/start/start_transaction.ts",
      find: "  await host.prepare(functionsOf(start));\n",
      replace: "",
    }, {
      file: "lib/run/start/start_transaction.ts",
      find: "  return await executeRun(session,",
      replace: "  await host.prepare(functionsOf(start));\n" +
        "  return await executeRun(session,",
    }],
    tests: ["tests/torture/load_before_write_test.ts"],
  },
];

/** What breaks the promise that a run and its journal say the same. */
const FOLD: readonly Mutant[] = [
  {
    name: "the event of a resume is completed after it was applied",
    edits: [{
      file: "lib/run/start/continue_journal.ts",
      find: "  session.addFirst(resumedEvent(state, {\n",
      replace: "  const resumed = resumedEvent(state, {\n",
    }, {
      file: "lib/run/start/continue_journal.ts",
      find: "    recovered: await journal.recover({ runs: true }),\n  }));\n",
      replace: "  });\n  session.addFirst(resumed);\n  const recovered = await journal.recover();\n" +
        "  if (recovered !== undefined) Object.assign(resumed, { recovered });\n",
    }],
    tests: ["tests/torture/machine/state_machine_test.ts"],
  },
  {
    name: "what a resume begins with is done again when its event is applied",
    edits: [{
      file: "lib/state/apply_event.ts",
      find: "  if (state.begun > state.runs.length) return;\n",
      replace: "",
    }],
    tests: ["tests/torture/machine/state_machine_test.ts"],
  },
  {
    name: "the progress of a rollback counts the whole plan",
    edits: [{
      file: "lib/state/progress.ts",
      find: "state.rollback === undefined ? doneOf(counts) : undoneOf(state.rollback.queue)",
      replace: "doneOf(counts)",
    }],
    tests: ["tests/state/progress_test.ts"],
  },
];

/** All mutants. */
export const MUTANTS: readonly Mutant[] = [
  ...STORAGE_MUTANTS,
  ...SQL_MUTANTS,
  ...RUN,
  ...FOLD,
  ...STATE_MUTANTS,
  ...COLUMN_MUTANTS,
  ...DUE_MUTANTS,
  ...FAULT_MUTANTS,
  ...LATER_FAULT_MUTANTS,
  ...LATE_MUTANTS,
  ...INPUT_MUTANTS,
  ...REQUEST_MUTANTS,
  ...ROLLBACK_MUTANTS,
  ...SIMULATION_MUTANTS,
  ...SIZE_MUTANTS,
  ...DATABASE_STEP_MUTANTS,
  ...ONCE_MUTANTS,
  ...OVERDUE_MUTANTS,
  ...CHAOS_MUTANTS,
  ...POSTGRES_MUTANTS,
  ...QUEUE_MUTANTS,
  ...NOTICE_MUTANTS,
  ...SCHEDULE_MUTANTS,
  ...FOLDER_MUTANTS,
  ...OWNERSHIP_MUTANTS,
  ...MOVE_MUTANTS,
  ...VALUE_MUTANTS,
];
