import type { Mutant } from "./mutant.ts";

const ROLLBACK = "lib/state/rollback.ts";

/** Faults that earlier tests did not notice. */
export const FAULT_MUTANTS: readonly Mutant[] = [
  {
    name: "that a failure rolls back is recorded only when all other steps have ended",
    edits: [{
      file: "lib/run/loop/record_completion.ts",
      find: "rollback: rollsBack ? true",
      replace: "rollback: false ? true",
    }],
    tests: ["tests/product/rollback_due_test.ts"],
  },
  {
    name: "a failure that comes when the run has ended does not roll back",
    edits: [{
      file: "lib/run/loop/record_completion.ts",
      find: "rollsBack: isFinal && mayRollBack(kind, parts)",
      replace: "rollsBack: false && isFinal",
    }],
    tests: ["tests/run/loop/overdue_run_test.ts"],
  },
  {
    name: "a decision about a failed step leaves the rollback due",
    edits: [{ file: "lib/state/apply_decision.ts", find: "  mark(step, { rollsBack: undefined });\n", replace: "" }],
    tests: ["tests/product/rollback_due_test.ts"],
  },
  {
    name: "an undo is called without a value that was lost",
    edits: [{ file: "lib/state/next_actions.ts", find: "  if (isLost(step)) return step;\n", replace: "" }],
    tests: ["tests/product/rollback_values_test.ts"],
  },
  {
    name: "an undo is called although a part of its value was lost in a returned plan",
    edits: [{
      file: "lib/state/next_actions.ts",
      find: "  return lostValue(state, step.value ?? {}, isLost);\n",
      replace: "  return undefined;\n",
    }],
    tests: ["tests/product/rollback_values_test.ts"],
  },
  {
    name: "a rollback waits for the next attempt of a step",
    edits: [{ file: ROLLBACK, find: "isApproved: undefined, dueAt: undefined }", replace: "isApproved: undefined }" }],
    tests: ["tests/state/rollback_test.ts"],
  },
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
    edits: [{ file: "lib/state/apply_event.ts", find: ', "cancelled", "resumed"]);', replace: "]);" }],
    tests: ["tests/inspect/data/inspect_journal_test.ts"],
  },
  {
    name: "a rewind leaves the skip of a group around it in force for readers",
    edits: [{ file: "lib/state/rewind.ts", find: "    endDecisions(container);\n", replace: "" }],
    tests: ["tests/state/decisions_in_groups_test.ts"],
  },
  {
    name: "a step is shown as finished although the plan that it returned has failed",
    edits: [{
      file: "lib/inspect/data/derive_statuses.ts",
      find: 'inner.failed === undefined ? "started" : "failed"',
      replace: "ownStatus(step)",
    }],
    tests: ["tests/inspect/data/inspect_groups_test.ts"],
  },
  {
    name: "whether nohup has started the process is looked at only when a run begins",
    edits: [{
      file: "lib/process/stop_signals.ts",
      find: 'processFact("ignores-hangup", ignoresHangup);\n\n/**',
      replace: "\n/**",
    }],
    tests: ["tests/product/hangup_test.ts"],
  },
  {
    name: "a typed number may lose digits",
    edits: [{ file: "lib/cli/frame/typed_json.ts", find: "if (digitsOf(text) ===", replace: "if (true || text ===" }],
    tests: ["tests/cli/frame/typed_json_test.ts"],
  },
  {
    name: "a name is stored as it was typed, and two forms of it are two names",
    edits: [{
      file: "lib/plan/plan_builder.ts",
      find: "const name = given?.normalize();",
      replace: "const name = given;",
    }],
    tests: ["tests/product/names_test.ts"],
  },
  {
    name: "a step is found only by the form of its name that the journal has",
    edits: [{
      file: "lib/state/state.ts",
      find: "names.has(step) ? step : findSameName(step, names.keys())",
      replace: "step",
    }],
    tests: ["tests/product/names_test.ts"],
  },
  {
    name: "of a key of a map that is typed twice, the last one counts",
    edits: [{ file: "lib/run/amend/editable.ts", find: " || map.has(pair[0])", replace: "" }],
    tests: ["tests/cli/frame/typed_json_test.ts"],
  },
  {
    name: "the editor shows U+FFFD as it is, and refuses it when it is saved",
    edits: [{ file: "lib/cli/commands/edit_command.ts", find: '.replaceAll("\\ufffd", "\\\\ufffd")', replace: "" }],
    tests: ["tests/cli/frame/typed_json_test.ts"],
  },
  {
    name: "an escaped key of a journal may be read as another",
    edits: [{ file: "lib/journal/decode_line.ts", find: "if (left === 0) return true;", replace: "" }],
    tests: ["tests/journal/decode_line_test.ts"],
  },
  {
    name: "of a key that is typed twice, the last one counts",
    edits: [{ file: "lib/cli/frame/typed_json.ts", find: "if (entries.has(key))", replace: "if (false)" }],
    tests: ["tests/cli/frame/typed_json_test.ts"],
  },
  {
    name: "a wait goes by the monotonic clock alone",
    edits: [{
      file: "lib/run/loop/due_clock.ts",
      find: ", Date.parse(text) - this.#clock.now());",
      replace: ");",
    }],
    tests: ["tests/run/loop/due_clock_test.ts"],
  },
];
