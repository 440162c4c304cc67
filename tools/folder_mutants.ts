import type { Mutant } from "./mutant.ts";

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
];
