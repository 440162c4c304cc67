import type { Mutant } from "./mutant.ts";

/** Faults that earlier tests did not notice. */
export const FAULT_MUTANTS: readonly Mutant[] = [
  {
    name: "a pause of 0 ms times infinity is no number",
    edits: [{ file: "lib/plan/retry_options.ts", find: "delayMs === 0 ? 0 : ", replace: "" }],
    tests: ["tests/plan/retry_delay_test.ts"],
  },
  {
    name: "steps of which a plan is open hide the failed step in a long plan",
    edits: [{
      file: "lib/inspect/data/view_journal.ts",
      find: "statuses.ownStatusOf(step)",
      replace: "statuses.statusOf(step)",
    }],
    tests: ["tests/inspect/data/view_journal_test.ts"],
  },
  {
    name: "a decision after a crash makes the run longer",
    edits: [{
      file: "lib/state/apply_event.ts",
      find: '  "cancelled",\n  "stopped",\n  "refused",\n  "reclaimed",\n  "resumed",\n',
      replace: "",
    }],
    tests: ["tests/inspect/data/inspect_journal_test.ts"],
  },
  {
    name: "a rewind leaves the skip of a group around it in force for readers",
    edits: [{ file: "lib/state/revert.ts", find: "    endDecisions(container);\n", replace: "" }],
    tests: ["tests/state/decisions_in_groups_test.ts"],
  },
  {
    name: "a step is shown as finished although the plan that it returned has failed",
    edits: [{
      file: "lib/state/progress.ts",
      find: 'inner.failed === undefined ? "started" : "failed"',
      replace: "ownStatus(step)",
    }],
    tests: ["tests/inspect/data/inspect_groups_test.ts"],
  },
  {
    name: "whether nohup has started the process is looked at only when a run begins",
    edits: [{
      file: "lib/process/ignored_hangup.ts",
      find: "isHangupIgnored();\n\n/**",
      replace: "\n/**",
    }],
    tests: ["tests/product/hangup_test.ts"],
  },
  {
    name: "a wait goes by the monotonic clock alone",
    edits: [{
      file: "lib/run/session/clock.ts",
      find: ", Date.parse(text) - this.#clock.now());",
      replace: ");",
    }],
    tests: ["tests/run/loop/due_clock_test.ts"],
  },
  {
    name: "a step may replace the timers",
    edits: [{
      file: "lib/journal/encode_record.ts",
      find: "areBuiltinsUnchanged() && areTimersUnchanged()",
      replace: "areBuiltinsUnchanged() || areTimersUnchanged()",
    }],
    tests: ["tests/hostile/changed_builtins_test.ts"],
  },
];
