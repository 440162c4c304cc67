import type { Mutant } from "./mutant.ts";

const CLAIM = "tests/work/folder/claim_test.ts";
const TROUBLE = "tests/work/folder/trouble_test.ts";
const RETRY = "tests/work/folder/retry_failed_test.ts";

/** Mutants that break the promises about workers of a folder of journals. */
export const FOLDER_MUTANTS: readonly Mutant[] = [
  {
    name: "what workers remember of a folder is taken for journals",
    edits: [{ file: "lib/storage/find_journals.ts", find: "skip: [SKIPPED]", replace: "skip: []" }],
    tests: ["tests/cli/commands/list_command_test.ts"],
  },
  {
    name: "a worker believes what another user has written into a folder",
    edits: [{
      file: "lib/storage/file/work_folder.ts",
      find: "((info.mode ?? 0) & OTHERS_MAY_WRITE) !== 0",
      replace: "((info.mode ?? 0) & OTHERS_MAY_WRITE) < 0",
    }],
    tests: ["tests/storage/file/work_folder_test.ts"],
  },
  {
    name: "a worker runs what was only stopped by a person",
    edits: [{
      file: "lib/state/apply_event.ts",
      find: '["aborted", "cancelled", "stopped", "ended"]',
      replace: '["aborted", "cancelled", "ended"]',
    }],
    tests: [CLAIM],
  },
  {
    name: "a worker runs the rest of what a person runs in part",
    edits: [{
      file: "lib/run/start/continue_journal.ts",
      find: "part: admission.isWanted === undefined ? undefined : true",
      replace: "part: undefined",
    }],
    tests: [CLAIM],
  },
  {
    name: "a worker runs a journal that has changed since it was read",
    edits: [{
      file: "lib/storage/file/folder_work.ts",
      find: "this.#index.isCurrent(journal) && open.distrust === undefined",
      replace: "open.distrust === undefined",
    }],
    tests: [CLAIM],
  },
  {
    name: "a worker runs what another user may have written",
    edits: [
      { file: "lib/storage/file/folder_index.ts", find: "?? distrust(journal, info)", replace: "" },
      { file: "lib/storage/file/folder_work.ts", find: " && open.distrust === undefined) {", replace: ") {" },
    ],
    tests: [TROUBLE],
  },
  {
    name: "what is wrong with a journal is told at each look",
    edits: [{
      file: "lib/storage/file/folder_index.ts",
      find: "if (this.#told.get(journal) === reason) return;",
      replace: "",
    }],
    tests: [TROUBLE],
  },
  {
    name: "a signal that nobody has answered is not seen by workers",
    edits: [{
      file: "lib/storage/file/folder_index.ts",
      find: "awaits.includes(request.signal.normalize())",
      replace: "false",
    }],
    tests: [TROUBLE],
  },
  {
    name: "a folder that was replaced is not watched",
    edits: [
      {
        file: "lib/storage/file/folder_watch.ts",
        find: 'if (kind === "remove" && paths.includes(this.#folder)) return this.#end();',
        replace: "",
      },
      {
        file: "lib/storage/file/folder_watch.ts",
        find: "identify(this.#folder) !== this.#watched || ",
        replace: "",
      },
    ],
    tests: ["tests/work/folder/watch_test.ts"],
  },
  {
    name: "why a journal could not be run is shown after it has changed",
    edits: [{
      file: "lib/storage/file/blocked_notes.ts",
      find:
        "  const valid = [...readNotes(folder)].filter(([name, { stamp }]) => stampOf(join(folder, name)) === stamp);\n",
      replace: "  const valid = [...readNotes(folder)];\n",
    }],
    tests: ["tests/work/folder/blocked_test.ts"],
  },
  {
    name: "a failed transaction is tried again more often than its author allows",
    edits: [{ file: "lib/state/state.ts", find: " || retries >= most", replace: "" }],
    tests: [RETRY],
  },
  {
    name: "a failed transaction is tried again more often than the worker allows",
    edits: [{
      file: "lib/storage/file/folder_work.ts",
      find: "retry.number <= retryFailed",
      replace: "retryFailed > 0",
    }],
    tests: [RETRY],
  },
  {
    name: "the pauses between tries do not grow",
    edits: [{ file: "lib/state/state.ts", find: "FIRST_RETRY_MS * 2 ** retries", replace: "FIRST_RETRY_MS" }],
    tests: [RETRY],
  },
  {
    name: "the help of a person does not count",
    edits: [{
      file: "lib/state/apply_event.ts",
      find: 'if (state.beginsAfter === "help") state.retries = 0;',
      replace: "",
    }],
    tests: [RETRY],
  },
  {
    name: "a database does not wake what a worker has failed to run",
    edits: [{
      file: "lib/run/session/release.ts",
      find: 'isTried ? "sleeping" : statusAfter',
      replace: 'isTried ? "aborted" : statusAfter',
    }],
    tests: ["tests/work/retry_failed_test.ts"],
  },
];
