import type { Mutant } from "./mutant.ts";

/** More faults that earlier tests did not notice. */
export const LATER_FAULT_MUTANTS: readonly Mutant[] = [
  {
    name: "a wait is not interrupted to look at the wall clock",
    edits: [{ file: "lib/run/session/clock.ts", find: "Math.min(left, CHECK_MS)", replace: "left" }],
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
      find: 'writeLines(io, [`No journals${isFiltered ? " like that" : ""} in ${names}`]);',
      replace: "io.writeError(`No journals in ${names}\\n`);",
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
      find: 'return state === "denied" ? {',
      replace: "return !state ? {",
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
    name: "a function is named at a glance although its text is another one",
    edits: [{
      file: "lib/modules/written_names.ts",
      find: "&& normalize(declared) === normalize(written);",
      replace: ";",
    }],
    tests: ["tests/modules/written_names_test.ts"],
  },
  {
    name: "a function is named at a glance although it may get another value",
    edits: [{ file: "lib/modules/written_names.ts", find: "if (isThen || isCast ||", replace: "if (isThen ||" }],
    tests: ["tests/modules/written_names_test.ts"],
  },
  {
    name: "a function is named at a glance although an import has one like it",
    edits: [{
      file: "lib/modules/written_names.ts",
      find: " || names.some((name) => functionNamed(name).test(source))) return false;",
      replace: ") return false;",
    }],
    tests: ["tests/modules/written_names_test.ts"],
  },
  {
    name: "a function is named at a glance although an import may have one like it from a module that it imports",
    edits: [{
      file: "lib/modules/written_names.ts",
      find: "for (const other of others) urls.add(other);",
      replace: "",
    }],
    tests: ["tests/modules/written_names_test.ts"],
  },
  {
    name: "a step that replaces the context of a trace loses its own",
    edits: [{
      file: "lib/process/step_context.ts",
      find: "if (storage === undefined) return",
      replace: "if (storage === undefined || current) return",
    }],
    tests: ["tests/run/session/context_test.ts"],
  },
  {
    name: "a Deno that has no contexts is noticed by the first step",
    edits: [{ file: "lib/run/call/in_process_host.ts", find: "    prepareContexts();\n", replace: "" }],
    tests: ["tests/run/session/context_test.ts"],
  },
  {
    name: "what names the functions of a returned plan cannot be loaded any more when the library has been removed",
    edits: [{
      file: "lib/run/call/plan_nodes.ts",
      find: 'import("../../modules/search_functions.ts"));',
      replace: 'import(String("../../modules/search_functions.ts")));',
    }, {
      file: "lib/modules/name_functions.ts",
      find: 'import("./search_functions.ts"));',
      replace: 'import(String("./search_functions.ts")));',
    }],
    tests: ["tests/run/start/removed_library_test.ts"],
  },
  {
    name: "a file of deno test is taken for a script that runs again when it is imported",
    edits: [{ file: "lib/modules/written_names.ts", find: " && home.main !== false", replace: "" }],
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
      find: 'if (state.status !== "finished") return "";',
      replace: 'return "";',
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
  {
    name: "the end of a step is used although the step has broken what uses it",
    edits: [{
      file: "lib/run/call/in_process_host.ts",
      find: "    if (!canRun()) throw lostEnd(call, context, false);\n",
      replace: "",
    }],
    tests: ["tests/hostile/changed_builtins_test.ts"],
  },
  {
    name: "what a loop needs is tried out without looking at it first",
    edits: [{
      file: "lib/values/builtins.ts",
      find: "(isSafeToTry() && sample() === expected)",
      replace: "(sample() === expected)",
    }],
    tests: ["tests/hostile/changed_builtins_test.ts"],
  },
  {
    name: "a pause is reported as an error",
    edits: [{
      file: "lib/cli/frame/exit_code.ts",
      find: 'error instanceof TransactionPaused ? "" : "error: "',
      replace: '"error: "',
    }],
    tests: ["tests/cli/frame/exit_code_test.ts"],
  },
  {
    name: "rollback reports failed attempts although it is told not to",
    edits: [{
      file: "lib/cli/commands/rollback_command.ts",
      find: 'isQuiet: flags.has("quiet")',
      replace: "isQuiet: false",
    }],
    tests: ["tests/cli/resume/failed_attempts_test.ts"],
  },
  {
    name: "a step that a rewind made pending has the time of its last attempt",
    edits: [{
      file: "lib/inspect/data/inspect_step.ts",
      find: 'step.status === "pending" ? {} : step',
      replace: "step",
    }],
    tests: ["tests/inspect/text/render_step_report_test.ts"],
  },
  {
    name: "the URL of a journal on another machine names one on this machine",
    edits: [{
      file: "lib/storage/locator.ts",
      find: 'if (url.host !== "" && Deno.build.os !== "windows") throw new TypeError("it is on another machine");',
      replace: "",
    }],
    tests: ["tests/storage/locator_test.ts"],
  },
  {
    name: "a separator that is encoded in the URL of a journal separates",
    edits: [{
      file: "lib/storage/locator.ts",
      find: 'if (ENCODED_SEPARATOR.test(url.pathname)) throw new TypeError("a separator in it is encoded");',
      replace: "",
    }],
    tests: ["tests/storage/locator_test.ts"],
  },
  {
    name: "a dry run does not see that a run would lack a variable",
    edits: [{
      file: "lib/cli/resume/render_dry_run.ts",
      find: "  return calls && needs.unset",
      replace: "  return !calls && needs.unset",
    }],
    tests: ["tests/cli/resume/resume_scope_test.ts"],
  },
];
