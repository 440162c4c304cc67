import type { Mutant } from "./mutant.ts";

/** Faults that earlier tests did not notice. */
export const FAULT_MUTANTS: readonly Mutant[] = [
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
    name: "a wait goes by the monotonic clock alone",
    edits: [{
      file: "lib/run/loop/due_clock.ts",
      find: ", Date.parse(text) - this.#clock.now());",
      replace: ");",
    }],
    tests: ["tests/run/loop/due_clock_test.ts"],
  },
  {
    name: "a wait is not interrupted to look at the wall clock",
    edits: [{ file: "lib/run/loop/due_clock.ts", find: "Math.min(left, CHECK_MS)", replace: "left" }],
    tests: ["tests/run/loop/due_clock_test.ts"],
  },
  {
    name: "a server may redirect a step module to any place",
    edits: [{
      file: "lib/modules/module_source.ts",
      find: "if (place === undefined || place === url) return;",
      replace: "if (place !== undefined) return;",
    }],
    tests: ["tests/modules/remote_module_test.ts"],
  },
  {
    name: "list writes the path of an empty folder as it is",
    edits: [{
      file: "lib/cli/commands/list_command.ts",
      find: 'writeLines(io, [`No journals${request.values.length === 0 ? "" : " like that"} in ${words.join(", ")}`]);',
      replace: 'io.writeError(`No journals in ${words.join(", ")}\\n`);',
    }],
    tests: ["tests/hostile/hostile_paths_test.ts"],
  },
  {
    name: "an inserted step may not name what a module exports from another",
    edits: [{ file: "lib/modules/lex_module.ts", find: ", ...module.reexports];", replace: "];" }],
    tests: ["tests/modules/lex_module_test.ts"],
  },
  {
    name: "the line of a module that cannot be loaded is not told",
    edits: [{
      file: "lib/modules/module_source.ts",
      find: "...(others.length > 0 ? others : placeOf(error))];",
      replace: "...placeOf(new Error())];",
    }],
    tests: ["tests/modules/load_functions_test.ts"],
  },
  {
    name: "under a flag that denies, the advice is to allow",
    edits: [{
      file: "lib/process/permissions.ts",
      find: 'state === "denied" ? { isDenied: true } : {}',
      replace: "{}",
    }],
    tests: ["tests/modules/missing_permission_test.ts"],
  },
  {
    name: "an export may get another value after its declaration",
    edits: [{
      file: "lib/modules/find_in_home.ts",
      find: "    .filter((exported) => !isReassigned(module, exported, fn.name))\n",
      replace: "",
    }],
    tests: ["tests/modules/written_exports_test.ts"],
  },
  {
    name: "an export in parentheses is not found when a comment follows the parenthesis",
    edits: [{
      file: "lib/modules/find_in_home.ts",
      find: "at = skipGap(source, at + 1);",
      replace: "at++;",
    }],
    tests: ["tests/modules/written_exports_test.ts"],
  },
  {
    name: "a local variable with the name of an export is taken for the export",
    edits: [{
      file: "lib/modules/lex_module.ts",
      find: "  return new RegExp(`${target}\\\\s*${OPERATOR}",
      replace: "  return new RegExp(`\\\\b${name}\\\\s*${OPERATOR}",
    }],
    tests: ["tests/modules/written_exports_test.ts"],
  },
  {
    name: "an error quotes the name of a step as it is",
    edits: [{
      file: "lib/text/escape.ts",
      find: "return escapeForTerminal(JSON.stringify(text));",
      replace: "return JSON.stringify(text);",
    }],
    tests: ["tests/hostile/hostile_names_test.ts"],
  },
  {
    name: "a file of deno test is taken for a script that runs again when it is imported",
    edits: [{ file: "lib/modules/name_functions.ts", find: " && home.main !== false", replace: "" }],
    tests: ["tests/product/test_file_home_test.ts"],
  },
  {
    name: "a plan that a step of a main module returns is refused",
    edits: [{
      file: "lib/modules/module_source.ts",
      find: "return { url, resolve, main: false };",
      replace: "return { url, resolve };",
    }],
    tests: ["tests/product/test_file_home_test.ts"],
  },
  {
    name: "Enter after a refused answer repeats the refusal",
    edits: [{
      file: "lib/cli/resume/run_asking.ts",
      find: "  if (decision === undefined && isRefused) throw asked;\n",
      replace: "",
    }],
    tests: ["tests/cli/resume/questions_test.ts"],
  },
  {
    name: "rollback of a finished transaction undoes at once",
    edits: [{
      file: "lib/cli/commands/rollback_command.ts",
      find: 'if (state.status !== "finished") return {};',
      replace: "return {};",
    }],
    tests: ["tests/cli/resume/questions_test.ts"],
  },
  {
    name: "failed attempts are silent",
    edits: [{ file: "lib/cli/resume/run_asking.ts", find: "run.isQuiet !== true", replace: "false" }],
    tests: ["tests/cli/resume/failed_attempts_test.ts"],
  },
  {
    name: "each failure of a step copies those before it",
    edits: [{
      file: "lib/state/apply_step_event.ts",
      find: "(step.failures ??= []).push(event.undo === true ? { ...failure, undo: true } : failure);",
      replace: "step.failures = [...step.failures ?? [], event.undo === true ? { ...failure, undo: true } : failure];",
    }],
    tests: ["tests/state/work_grows_test.ts"],
  },
  {
    name: "decisions about large parts of the plan are not limited",
    edits: [{ file: "lib/state/state.ts", find: "  state.visits += count;\n", replace: "" }],
    tests: ["tests/state/work_grows_test.ts"],
  },
  {
    name: "the pin of a local module is of its text",
    edits: [{
      file: "lib/modules/module_source.ts",
      find: 'const bytes = url.startsWith("file:") ?',
      replace: "const bytes = url === undefined ?",
    }],
    tests: ["tests/modules/hash_module_test.ts"],
  },
  {
    name: "the pin of a remote module is of what its character set makes of it",
    edits: [{
      file: "lib/modules/module_source.ts",
      find: "  await requireAllowedRedirect(url);\n  const imported",
      replace: "  const imported",
    }],
    tests: ["tests/modules/remote_module_test.ts"],
  },
  {
    name: "pins of older journals are compared with the bytes alone",
    edits: [{
      file: "lib/run/start/check_modules.ts",
      find: "pin.sha256 !== text)",
      replace: "pin.sha256 !== sha256)",
    }],
    tests: ["tests/modules/hash_module_test.ts"],
  },
];
