import type { Mutant } from "./mutant.ts";

const SHOWN = "tests/inspect/shown_grows_test.ts";
const PLAY = "lib/inspect/dry_run/play_through.ts";
const PLAYED = "tests/inspect/dry_run/play_through_test.ts";
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
    name: "a dry run looks at all nodes beside one that is done",
    edits: [{ file: PLAY, find: "isComplete(container)", replace: "container.children.every(isSettled)" }],
    tests: [PLAYED],
  },
  {
    name: "a dry run looks at a step after each of the values that it needs",
    edits: [{ file: PLAY, find: "if (other.lacks === 0) ", replace: "" }],
    tests: [PLAYED],
  },
  {
    name: "a dry run forgets a step that needs a value of another branch",
    edits: [{ file: PLAY, find: "if (other.lacks === 0) ", replace: "if (other.lacks < 0) " }],
    tests: [PLAYED],
  },
  {
    name: "a dry run stops at a long sleep while a step waits to be tried again",
    edits: [{ file: PLAY, find: "this.#pauses === 0 && ", replace: "" }],
    tests: [PLAYED],
  },
  {
    name: "sleeps of a dry run end in the order of the plan",
    edits: [{ file: PLAY, find: "other.dueMs < one.dueMs", replace: "false" }],
    tests: [PLAYED],
  },
  {
    name: "a dry run passes sleeps that are too long to wait for",
    edits: [{
      file: PLAY,
      find: "(this.#pauses === 0 && first.dueMs - this.#now > maxIdleMs)",
      replace: "false",
    }],
    tests: [PLAYED],
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
    edits: [{ file: "lib/state/revert.ts", find: "step.endedDecisions = decisions.length;", replace: "" }],
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
  {
    name: "no time passes when the clock is set back",
    edits: [{
      file: "lib/inspect/data/inspect_state.ts",
      find: "ms >= 0 ? ms : undefined",
      replace: "Math.max(0, ms)",
    }],
    tests: ["tests/inspect/text/render_inspection_test.ts"],
  },
  {
    name: "the report on a step says what to do about every other",
    edits: [{ file: "lib/messages/next_commands.ts", find: "&& !concerned.some(isMeant)", replace: "&& false" }],
    tests: ["tests/inspect/text/render_step_report_test.ts"],
  },
  {
    name: "the report on a group offers nothing for what failed in it",
    edits: [{
      file: "lib/messages/next_commands.ts",
      find: " || id.startsWith(`${about}.`)",
      replace: "",
    }],
    tests: ["tests/inspect/text/render_step_report_test.ts"],
  },
];
