import type { Mutant } from "./mutant.ts";

const MACHINE = ["tests/torture/machine/state_machine_test.ts"];
const OVERDUE = "tests/run/loop/overdue_run_test.ts";
const RECORD_ARRIVAL = "lib/run/loop/record_completion.ts";
const CONDUCT_RUN = "lib/run/start/execute_run.ts";
const RUN_LOOP = "lib/run/loop/run_loop.ts";
const BEGIN_ACTION = "lib/run/loop/begin_action.ts";
const ADD_NODES = "lib/state/add_nodes.ts";

/** Mutants that break the promises about steps that outlive their limits, and about changes of a plan. */
export const OVERDUE_MUTANTS: readonly Mutant[] = [
  {
    name: "the time of grace is not waited for",
    edits: [{
      file: "lib/run/call/step_host.ts",
      find: "    await clock.delay(graceMs, settled.signal);\n",
      replace: "",
    }],
    tests: MACHINE,
  },
  {
    name: "the time of grace begins when the step begins",
    edits: [{
      file: "lib/run/call/step_host.ts",
      find: "clock.delay(graceMs,",
      replace: "clock.delay(graceMs - timeoutMs,",
    }],
    tests: MACHINE,
  },
  {
    name: "a step is aborted too late",
    edits: [{
      file: "lib/run/call/step_host.ts",
      find: "clock.delay(timeoutMs,",
      replace: "clock.delay(timeoutMs + 1,",
    }],
    tests: MACHINE,
  },
  {
    name: "a step that is overdue counts as failed",
    edits: [{
      file: RECORD_ARRIVAL,
      find: "    ending.overdue.set(step, { kind, end: end.late });\n",
      replace: '    addEnd(step, kind, refuseValue(new TypeError("overdue"), 0), session);\n',
    }],
    tests: MACHINE,
  },
  {
    name: "other steps begin beside one that is overdue",
    edits: [{ file: RUN_LOOP, find: " && overdue.size === 0", replace: "" }],
    tests: MACHINE,
  },
  {
    name: "the late end of a step is lost",
    edits: [{
      file: "lib/run/loop/record_completion.ts",
      find: "  await session.commit();\n",
      replace: "",
    }],
    tests: [OVERDUE, ...MACHINE],
  },
  {
    name: "the late end of an undo is taken for that of its step",
    edits: [{ file: RECORD_ARRIVAL, find: "{ kind, end: end.late }", replace: '{ kind: "run", end: end.late }' }],
    tests: MACHINE,
  },
  {
    name: "a late end that comes before the question does not count",
    edits: [{ file: RUN_LOOP, find: "      expectLate(completion, inFlight);\n", replace: "" }],
    tests: [OVERDUE, ...MACHINE],
  },
  {
    name: "it is asked about a step whose late end is known",
    edits: [{ file: RECORD_ARRIVAL, find: "  ending.overdue.delete(step);\n", replace: "" }],
    tests: [OVERDUE, ...MACHINE],
  },
  {
    name: "a journal is given up while a step is overdue",
    edits: [{
      file: CONDUCT_RUN,
      find: "ending.overdue.size === 0 ? undefined : recordLateEnds(parts)",
      replace: 'ending.overdue.size === 0 || outcome?.kind !== "paused" ? undefined : recordLateEnds(parts)',
    }],
    tests: [OVERDUE],
  },
  {
    name: "a second attempt has no time limit",
    edits: [{
      file: BEGIN_ACTION,
      find: "{ timeoutMs, clock: session.clock });",
      replace: "{ timeoutMs: step.attempts > 1 ? undefined : timeoutMs, clock: session.clock });",
    }],
    tests: MACHINE,
  },
  {
    name: "an undo has no time limit",
    edits: [{
      file: BEGIN_ACTION,
      find: "{ timeoutMs, clock: session.clock });",
      replace: '{ timeoutMs: kind === "undo" ? undefined : timeoutMs, clock: session.clock });',
    }],
    tests: MACHINE,
  },
  {
    name: "an inserted step is left out",
    edits: [{
      file: ADD_NODES,
      find: "    children.push(addNode(state, node));\n    if (node.kind",
      replace: '    children.push(addNode(state, node));\n    children.at(-1)!.status = "skipped";\n    if (node.kind',
    }],
    tests: MACHINE,
  },
  {
    name: "an inserted step comes last",
    edits: [{
      file: ADD_NODES,
      find: "1 + container.children.lastIndexOf(step)",
      replace: "container.children.length",
    }],
    tests: MACHINE,
  },
  {
    name: "other arguments for a step do not count",
    edits: [{
      file: "lib/state/apply_decision.ts",
      find: "      step.node = withArguments(step.node, event);\n",
      replace: "",
    }],
    tests: MACHINE,
  },
  {
    name: "a value that was given is another one",
    edits: [{
      file: "lib/state/apply_decision.ts",
      find: "step.value = readValue(event)",
      replace: "step.value = readValue({ ...event, value: String(event.value).trimEnd().slice(0, 5) })",
    }],
    tests: MACHINE,
  },
  {
    name: "a group is skipped although a plan that was returned in it is needed",
    edits: [{
      file: "lib/state/answers.ts",
      find: "      if (user !== undefined) ids.delete(node.id);\n",
      replace: "",
    }],
    tests: ["tests/state/decisions_in_groups_test.ts"],
  },
  {
    name: "what is offered is not looked up in the table of answers",
    edits: [{
      file: "lib/messages/next_commands.ts",
      find: "ways.find(([answer]) => checkAnswer(state, step, answer) === undefined)",
      replace: "ways[0]",
    }],
    tests: ["tests/torture/machine/machine_answers_test.ts"],
  },
];
