import type { Mutant } from "./mutant.ts";

const SHOWN = "tests/inspect/shown_grows_test.ts";
const WORK = "tests/state/work_grows_test.ts";

/** What makes the work for a journal, or what is shown of it, grow with the square of its length. */
export const SIZE_MUTANTS: readonly Mutant[] = [
  {
    name: "each step is looked for among those that stay",
    edits: [{
      file: "lib/inspect/text/describe_notes.ts",
      find: "staying.has(step.id)",
      replace: "[...staying].includes(step.id)",
    }],
    tests: [SHOWN],
  },
  {
    name: "each lane of the timeline shows every pause",
    edits: [{ file: "lib/inspect/html/page_timeline.ts", find: ".slice(0, MAX_GAPS)", replace: "" }],
    tests: [SHOWN],
  },
  {
    name: "a value is indented as deeply as it is nested",
    edits: [{ file: "lib/values/json.ts", find: "const MAX_INDENTED = 16;", replace: "const MAX_INDENTED = 1000;" }],
    tests: [SHOWN],
  },
  {
    name: "a dry run plans anew after each of many sleeps",
    edits: [{
      file: "lib/inspect/dry_run/dry_run_steps.ts",
      find: "(mayBegin || ms - passed > maxIdleMs)",
      replace: "true",
    }],
    tests: [SHOWN],
  },
  {
    name: "a dry run passes sleeps that are too long to wait for",
    edits: [{
      file: "lib/inspect/dry_run/dry_run_steps.ts",
      find: "(mayBegin || ms - passed > maxIdleMs)",
      replace: "mayBegin",
    }],
    tests: [SHOWN],
  },
  {
    name: "settled steps in the middle of a group are passed each time",
    edits: [{ file: "lib/state/step_state.ts", find: "if (end > begin + 1)", replace: "if (end > children.length)" }],
    tests: [WORK],
  },
  {
    name: "a step whose skip was undone stays passed",
    edits: [{ file: "lib/state/step_state.ts", find: "  container.settledRuns = undefined;\n", replace: "" }],
    tests: [WORK],
  },
  {
    name: "a rewind looks at all decisions about a step",
    edits: [{ file: "lib/state/rewind.ts", find: "step.endedDecisions = decisions.length;", replace: "" }],
    tests: [WORK],
  },
  {
    name: "a journal that is too large to read ends the list",
    edits: [{
      file: "lib/inspect/data/summarize_journal.ts",
      find: "error instanceof RangeError",
      replace: "error instanceof EvalError",
    }],
    tests: [SHOWN],
  },
];
