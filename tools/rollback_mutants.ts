import type { Mutant } from "./mutant.ts";

/** Rollbacks that are forgotten, begin too late, or call undo functions without their values. */
export const ROLLBACK_MUTANTS: readonly Mutant[] = [
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
    name: "a resume forgets a rollback that is due",
    edits: [{
      file: "lib/run/start/admission.ts",
      find: "findDueRollback(state)?.node.id",
      replace: "undefined as string | undefined",
    }],
    tests: ["tests/torture/machine/state_machine_test.ts"],
  },
  {
    name: "undo functions are called while the value of another one is missing",
    edits: [{
      file: "lib/state/next_actions.ts",
      find: "const isAsking = state.rollback !== undefined && next.questions.length > 0;",
      replace: "const isAsking = false;",
    }],
    tests: ["tests/product/rollback_values_test.ts"],
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
    edits: [{
      file: "lib/state/rollback.ts",
      find: "isApproved: undefined, dueAt: undefined }",
      replace: "isApproved: undefined }",
    }],
    tests: ["tests/state/rollback_test.ts"],
  },
];
