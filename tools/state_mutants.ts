import type { Mutant } from "./mutant.ts";

const MACHINE = ["tests/torture/state_machine_test.ts"];
const NEXT_ACTIONS = "lib/state/next_actions.ts";
const APPLY_EVENT = "lib/state/apply_event.ts";
const APPLY_STEP_EVENT = "lib/state/apply_step_event.ts";
const ROLLBACK = "lib/state/rollback.ts";

const VISIT_UNDO = `function visitUndo(step: StepState, next: NextActions, options: NextOptions): void {
  if (step.status === "started") return;
  if (step.status === "unknown" && `;

/** What breaks the promises about groups, refs, sub-plans, pauses, signals, cancelling and rollback. */
export const STATE_MUTANTS: readonly Mutant[] = [
  {
    name: "the limit of a group is ignored",
    edits: [{ file: NEXT_ACTIONS, find: "node.limit ?? Infinity", replace: "Infinity" }],
    tests: MACHINE,
  },
  {
    name: "the steps of a sequence are not waited for",
    edits: [{
      file: NEXT_ACTIONS,
      find: 'case "sequence":\n      if (children !== undefined) visitContainer(state, children, 1, next, options);',
      replace:
        'case "sequence":\n      if (children !== undefined) visitContainer(state, children, Infinity, next, options);',
    }],
    tests: MACHINE,
  },
  {
    name: "a value of another branch is not waited for",
    edits: [{ file: NEXT_ACTIONS, find: "  if (isBlocked(state, encoded)) return;\n", replace: "" }],
    tests: MACHINE,
  },
  {
    name: "other steps begin after a failure",
    edits: [{ file: "lib/run/run_loop.ts", find: "failure === undefined && overdue", replace: "overdue" }],
    tests: MACHINE,
  },
  {
    name: "steps begin after the transaction was cancelled",
    edits: [{
      file: "lib/run/conduct_run.ts",
      find: "cancel === undefined ? undoSignal : AbortSignal.any([undoSignal, cancel])",
      replace: "stop.signal",
    }],
    tests: MACHINE,
  },
  {
    name: "a step that nobody knows the end of is run again",
    edits: [{
      file: NEXT_ACTIONS,
      find: 'step.node.options?.interrupted ?? "ask"',
      replace: 'step.node.options?.interrupted ?? "retry"',
    }],
    tests: MACHINE,
  },
  {
    name: "a rollback undoes the first step first",
    edits: [{ file: ROLLBACK, find: "behind.reverse()", replace: "behind" }],
    tests: MACHINE,
  },
  {
    name: "a rollback leaves out what may have happened",
    edits: [{ file: ROLLBACK, find: ' || status === "unknown" || status === "started"', replace: "" }],
    tests: ["tests/state/rollback_test.ts", ...MACHINE],
  },
  {
    name: "a rollback leaves out what failed after an attempt that was interrupted",
    edits: [{
      file: ROLLBACK,
      find: '  if (isUncertain === true && (status === "failed" || status === "waiting")) return true;\n',
      replace: "",
    }],
    tests: ["tests/state/rollback_test.ts", ...MACHINE],
  },
  {
    name: "a rollback takes leave to run a step for leave to undo it",
    edits: [{ file: ROLLBACK, find: "step.isApproved = undefined", replace: "step.isLeft ??= undefined" }],
    tests: ["tests/state/rollback_test.ts", ...MACHINE],
  },
  {
    name: "an interrupted undo is made again without asking",
    edits: [{ file: NEXT_ACTIONS, find: VISIT_UNDO, replace: `${VISIT_UNDO}step.isUndoing !== true && ` }],
    tests: ["tests/state/rollback_test.ts", ...MACHINE],
  },
  {
    name: "what is in a sub-plan is undone after the step that returned it",
    edits: [{
      file: "lib/state/walk_steps.ts",
      find: "    yield step;\n    if (step.children !== undefined) yield* walkSteps(step.children);\n",
      replace: "    if (step.children !== undefined) yield* walkSteps(step.children);\n    yield step;\n",
    }],
    tests: MACHINE,
  },
  {
    name: "the parts of a sub-plan are counted twice",
    edits: [{
      file: "lib/run/record_arrival.ts",
      find: "expands: expanded.length",
      replace: "expands: 2 * expanded.length",
    }],
    tests: MACHINE,
  },
  {
    name: "a plan that was returned in part is kept on resume",
    edits: [{ file: APPLY_EVENT, find: "    dropDraft(step);\n", replace: "" }],
    tests: ["tests/state/expansion_test.ts", ...MACHINE],
  },
  {
    name: "the first step of a sub-plan is tried before its function is loaded",
    edits: [{
      file: "lib/run/loaded_functions.ts",
      find: "    this.#loading += 1;\n    return async () => {\n",
      replace: "    return async () => {\n      this.#loading += 1;\n",
    }],
    tests: ["tests/run/expansion_test.ts", ...MACHINE],
  },
  {
    name: "a signal is taken twice",
    edits: [{ file: APPLY_STEP_EVENT, find: "    else state.signals.delete(node.signal);\n", replace: "" }],
    tests: MACHINE,
  },
  {
    name: "a second signal of one name goes before the first",
    edits: [{
      file: APPLY_EVENT,
      find: "[...queue, value]",
      replace: "[value, ...queue]",
    }],
    tests: MACHINE,
  },
  {
    name: "a sleep begins anew after a crash",
    edits: [{
      file: APPLY_EVENT,
      find: "  state.atWork.clear();\n",
      replace: "  state.atWork.clear();\n  for (const step of state.byId.values()) step.dueAt = undefined;\n",
    }],
    tests: MACHINE,
  },
  {
    name: "nobody waits for the end of a pause",
    edits: [{ file: "lib/run/due_clock.ts", find: "if (this.msLeft(step) > 0) return false;", replace: "" }],
    tests: MACHINE,
  },
  {
    name: "a pause between attempts is forgotten in a crash",
    edits: [{ file: APPLY_STEP_EVENT, find: "  step.dueAt = event.until;\n", replace: "" }],
    tests: MACHINE,
  },
];
