import type { Mutant } from "./mutant.ts";

const MACHINE = ["tests/torture/machine/state_machine_test.ts"];
const RETRY_PAUSE = "tests/product/retry_pause_test.ts";
const NEXT_ACTIONS = "lib/state/next_actions.ts";
const APPLY_EVENT = "lib/state/apply_event.ts";
const APPLY_STEP_EVENT = "lib/state/apply_step_event.ts";
const RETRY_DELAY = "lib/plan/retry_options.ts";
const ROLLBACK = "lib/state/rollback.ts";

const ASKED_BEFORE = "(isUnknown(step) && ";

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
      find: 'case "sequence":\n        return this.#visitContainer(children, 1);',
      replace: 'case "sequence":\n        return this.#visitContainer(children, Infinity);',
    }],
    tests: MACHINE,
  },
  {
    name: "a value of another branch is not waited for",
    edits: [{ file: NEXT_ACTIONS, find: "isBlocked(this.#state, encoded) || ", replace: "" }],
    tests: MACHINE,
  },
  {
    name: "other steps begin after a failure",
    edits: [{ file: "lib/run/loop/run_loop.ts", find: "failure === undefined && overdue", replace: "overdue" }],
    tests: MACHINE,
  },
  {
    name: "steps begin after the transaction was cancelled",
    edits: [{
      file: "lib/run/start/execute_run.ts",
      find: "AbortSignal.any([undoSignal, cancel])",
      replace: "stop.signal",
    }],
    tests: MACHINE,
  },
  {
    name: "a step whose outcome is unknown is run again",
    edits: [{
      file: NEXT_ACTIONS,
      find: 'node.options?.interrupted ?? "ask"',
      replace: 'node.options?.interrupted ?? "retry"',
    }],
    tests: [...MACHINE, "tests/run/loop/groups_run_test.ts"],
  },
  {
    name: "a rollback undoes the first step first",
    edits: [{ file: ROLLBACK, find: "(hasUndo).reverse()", replace: "(hasUndo)" }],
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
      find: '  if (marks?.isUncertain === true && (status === "failed" || status === "waiting")) return true;\n',
      replace: "",
    }],
    tests: ["tests/state/rollback_test.ts", ...MACHINE],
  },
  {
    name: "a rollback takes leave to run a step for leave to undo it",
    edits: [{ file: ROLLBACK, find: "isApproved: undefined, dueAt: undefined }", replace: "dueAt: undefined }" }],
    tests: ["tests/state/rollback_test.ts", ...MACHINE],
  },
  {
    name: "a rewind forgets what has happened",
    edits: [{
      file: "lib/state/revert.ts",
      find: "  for (const step of steps) if (mayHaveHappened(step)) state.rewound.add(step.node.id);\n",
      replace: "",
    }],
    tests: ["tests/state/rollback_test.ts", ...MACHINE],
  },
  {
    name: "a rewind leaves later steps as they are",
    edits: [{
      file: "lib/state/revert.ts",
      find: "return all.slice(all.indexOf(from));",
      replace: "return all.slice(all.indexOf(from)).slice(0, 1);",
    }],
    tests: MACHINE,
  },
  {
    name: "a rewind lets a step keep its idempotency key",
    edits: [{
      file: "lib/state/revert.ts",
      find: "  if (step.attempts > 0) step.generation = (step.generation ?? 0) + 1;\n",
      replace: "",
    }],
    tests: MACHINE,
  },
  {
    name: "a value that is given anew ends the undo",
    edits: [{
      file: "lib/state/apply_decision.ts",
      find: " && takesValueToUndo(step)) mark",
      replace: ' && step.marks?.undo === "left") mark',
    }],
    tests: ["tests/product/rollback_answers_test.ts"],
  },
  {
    name: "an interrupted undo is made again without asking",
    edits: [{ file: NEXT_ACTIONS, find: ASKED_BEFORE, replace: `${ASKED_BEFORE}!isUndoing(step) && ` }],
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
      file: "lib/run/loop/record_completion.ts",
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
      file: "lib/run/loop/record_completion.ts",
      find: "  ending.loading += 1;\n  return async () => {\n",
      replace: "  return async () => {\n    ending.loading += 1;\n",
    }],
    tests: ["tests/run/call/expansion_test.ts", ...MACHINE],
  },
  {
    name: "a signal is taken twice",
    edits: [{ file: APPLY_STEP_EVENT, find: "    queue.take();\n", replace: "" }, {
      file: APPLY_STEP_EVENT,
      find: "if (queue.length === 0) state.signals",
      replace: "if (queue.length === 9) state.signals",
    }],
    tests: MACHINE,
  },
  {
    name: "a second signal of one name goes before the first",
    edits: [{
      file: APPLY_EVENT,
      find: "  queue.add(value);\n",
      replace: "  const before = Array.from({ length: queue.length }, () => queue.take());\n" +
        "  for (const sent of [value, ...before]) queue.add(sent);\n",
    }],
    tests: MACHINE,
  },
  {
    name: "a sleep begins anew after a crash",
    edits: [{
      file: APPLY_EVENT,
      find: "  state.running.clear();\n",
      replace:
        "  state.running.clear();\n  for (const step of state.byId.values()) mark(step, { dueAt: undefined });\n",
    }],
    tests: MACHINE,
  },
  {
    name: "a sleep is not waited for",
    edits: [{ file: "lib/run/session/clock.ts", find: "if (this.msLeft(step) > 0) return false;", replace: "" }],
    tests: MACHINE,
  },
  {
    name: "a retry delay is not waited for",
    edits: [{
      file: "lib/run/session/clock.ts",
      find: "    this.#skipsRetryDelay = skipsRetryDelay;\n",
      replace: "    this.#skipsRetryDelay = skipsRetryDelay || true;\n",
    }],
    tests: ["tests/run/loop/due_clock_test.ts", RETRY_PAUSE],
  },
  {
    name: "a retry delay is over when the run is resumed",
    edits: [{
      file: APPLY_EVENT,
      find: "  state.running.clear();\n",
      replace: "  state.running.clear();\n" +
        '  for (const step of state.byId.values()) if (step.node.kind === "step") mark(step, { dueAt: undefined });\n',
    }],
    tests: ["tests/state/apply_event_test.ts", RETRY_PAUSE],
  },
  {
    name: "a pause between attempts is forgotten in a crash",
    edits: [{ file: APPLY_STEP_EVENT, find: "  mark(step, { dueAt: event.until });\n", replace: "" }],
    tests: MACHINE,
  },
  {
    name: "the observer is told of an event before it is durable",
    edits: [{
      file: "lib/run/session/session.ts",
      find: "      const pending = this.#journal.append(events, options);\n",
      replace: "      for (const event of events) this.#tell(event);\n" +
        "      const pending = this.#journal.append(events, options);\n",
    }, {
      file: "lib/run/session/session.ts",
      find: "    for (const event of events) this.#tell(event);\n  }\n\n  /** Many events",
      replace: "  }\n\n  /** Many events",
    }],
    tests: MACHINE,
  },
  {
    name: "a first run knows something that its journal does not",
    edits: [{
      file: "lib/run/start/start_transaction.ts",
      find: "    session.adopt(first);\n",
      replace: "    session.adopt(first);\n    state.options = {};\n",
    }],
    tests: MACHINE,
  },
  {
    name: "a step is never told that its time is up",
    edits: [{
      file: "lib/run/call/step_host.ts",
      find: "return timeoutMs === undefined ? call(undefined) : watchCall(call, { timeoutMs, ...limit });",
      replace: "return call(undefined);",
    }],
    tests: MACHINE,
  },
  {
    name: "a failure that is final is followed by another attempt",
    edits: [{
      file: RETRY_DELAY,
      find: "...RETRY_DEFAULTS, ...retry }",
      replace: "...RETRY_DEFAULTS, ...retry, nonRetryable: [] }",
    }],
    tests: MACHINE,
  },
  {
    name: "a pause between attempts is longer than its options make it",
    edits: [{ file: RETRY_DELAY, find: "delayMs * factor ** (failures - 1)", replace: "delayMs * factor ** failures" }],
    tests: MACHINE,
  },
  {
    name: "who is in a hurry waits for no pause at all",
    edits: [{ file: "lib/run/loop/run_loop.ts", find: "    clock.endHurry();\n", replace: "" }],
    tests: MACHINE,
  },
  {
    name: "a sleep until a date is none",
    edits: [{
      file: "lib/run/loop/begin_action.ts",
      find: "const until = node.until ?? new",
      replace: "const until = new",
    }],
    tests: MACHINE,
  },
  {
    name: "the steps of a group do not share the defaults",
    edits: [{
      file: "lib/plan/plan_builder.ts",
      find: "build(this.#planner(inner, shared))",
      replace: "build(this.#planner(inner, {}))",
    }],
    tests: MACHINE,
  },
  {
    name: "the progress that a step reports reaches no observer",
    edits: [{
      file: "lib/run/loop/begin_action.ts",
      find: "(report) => session.tellProgress(id, report)",
      replace: "() => {}",
    }],
    tests: MACHINE,
  },
];
