import type { Mutant } from "./mutant.ts";

/** What changes, loses or misses something that comes from a person or from the environment. */
export const INPUT_MUTANTS: readonly Mutant[] = [
  {
    name: "a question shows the blanks of a journal as they are",
    edits: [{ file: "lib/text/escape.ts", find: '.replace(/[\\s\\u2800\\p{DI}]{2,}/gv, " ")', replace: "" }],
    tests: ["tests/cli/resume/questions_terminal_test.ts"],
  },
  {
    name: "the terminal breaks the lines of a question, and text from the journal begins a row",
    edits: [{
      file: "lib/cli/frame/process_io.ts",
      find: "foldLine(line, readColumns(), CONTINUED)",
      replace: "foldLine(line, Infinity, CONTINUED)",
    }],
    tests: ["tests/cli/resume/questions_terminal_test.ts"],
  },
  {
    name: "rows of a list are as long as their path",
    edits: [{
      file: "lib/cli/show/render_list.ts",
      find: "cutToWidth(rest, columns - status)",
      replace: "rest",
    }],
    tests: ["tests/cli/resume/questions_terminal_test.ts"],
  },
  {
    name: "an answer may begin with what JSON does not take for a space",
    edits: [{
      file: "lib/cli/frame/process_io.ts",
      find: String.raw`line.replace(/^[ \t]+|[ \t\r\n]+$/g, "")`,
      replace: "line.trim()",
    }],
    tests: ["tests/cli/resume/terminal_test.ts"],
  },
  {
    name: "an answer on the terminal is read by JSON.parse",
    edits: [{
      file: "lib/cli/resume/ask_decision.ts",
      find: "valueFromEditable(readTypedJson(text))",
      replace: "valueFromEditable(readTypedJson(text) && JSON.parse(text))",
    }],
    tests: ["tests/cli/frame/typed_json_test.ts"],
  },
  {
    name: "a typed number may lose digits",
    edits: [{ file: "lib/cli/frame/typed_json.ts", find: "if (digitsOf(text) ===", replace: "if (true || text ===" }],
    tests: ["tests/cli/frame/typed_json_test.ts"],
  },
  {
    name: "an inserted step gets a number that no journal takes",
    edits: [{
      file: "lib/run/amend/edit_journal.ts",
      find: 'if (STEP_ID(step) !== undefined) throw refuse("no number is left for a new step");',
      replace: "",
    }],
    tests: ["tests/hostile/extreme_journals_test.ts"],
  },
  {
    name: "a journal takes names of variables that Deno refuses",
    edits: [{ file: "lib/values/annotations.ts", find: " && isVariableName(json)", replace: "" }],
    tests: ["tests/hostile/extreme_journals_test.ts", "tests/journal/limits_test.ts"],
  },
  {
    name: "a missing variable is found at its step",
    edits: [{
      file: "lib/run/loop/begin_action.ts",
      find: "if (isCall(action) && lacksVariables",
      replace: "if (false && lacksVariables",
    }],
    tests: ["tests/run/loop/variables_run_test.ts"],
  },
  {
    name: "a missing variable of a returned plan is found at its step",
    edits: [{ file: "lib/run/loop/record_completion.ts", find: "if (lack !== undefined) {", replace: "if (false) {" }],
    tests: ["tests/run/loop/variables_run_test.ts"],
  },
  {
    name: "a resume without a variable rolls back what has happened",
    edits: [{ file: "lib/run/loop/conclude_run.ts", find: " || ending.hasVariables === false", replace: "" }],
    tests: ["tests/run/loop/variables_run_test.ts"],
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
    name: "a database of something else is changed before it is refused",
    edits: [{
      file: "lib/storage/sqlite/open_database.ts",
      find: "    readVersion(database, path);\n    const mode",
      replace: "    const mode",
    }],
    tests: ["tests/storage/sqlite/unusable_database_test.ts"],
  },
  {
    name: "a command that only reads makes tables in an empty file",
    edits: [{
      file: "lib/storage/sqlite/open_sqlite_store.ts",
      find: "?.size ?? 0) === 0)",
      replace: "?.size ?? 0) === -1)",
    }],
    tests: ["tests/storage/sqlite/unusable_database_test.ts"],
  },
  {
    name: "prune --incomplete removes a journal whose plan was completed meanwhile",
    edits: [{
      file: "lib/cli/commands/prune_command.ts",
      find: '=== "incomplete" ? !isPlanned :',
      replace: '=== "incomplete" ? true :',
    }],
    tests: ["tests/cli/commands/prune_command_test.ts"],
  },
  {
    name: "a new database can be read by every user",
    edits: [{
      file: "lib/storage/sqlite/open_sqlite_store.ts",
      find: "createNew: true, mode: 0o600",
      replace: "createNew: true, mode: 0o644",
    }],
    tests: ["tests/storage/sqlite/unusable_database_test.ts"],
  },
  {
    name: "a database that others may write is trusted",
    edits: [{
      file: "lib/storage/sql/open_sql_journal.ts",
      find: "this.distrust = isNew ? undefined : parts.database.distrust?.();",
      replace: "this.distrust = undefined;",
    }],
    tests: ["tests/cli/commands/trust_command_test.ts"],
  },
];
