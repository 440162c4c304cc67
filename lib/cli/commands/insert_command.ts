import { describeStep } from "../../messages/describe_step.ts";
import { insertJournal } from "../../run/amend/insert_journal.ts";
import { type Command, type CommandIo, type CommandRequest, UsageError } from "../frame/command.ts";
import { readJson, REASON_OPTIONS } from "../frame/decision_options.ts";
import { JOURNAL } from "../frame/journal_argument.ts";
import { parseModule } from "../frame/module_argument.ts";
import { callLines, describeInlined, REPAIR, REPAIR_NOTE, repairStep } from "./repair_step.ts";

export const insertCommand: Command = {
  ...REPAIR,
  name: "insert",
  summary: "Adds a step to the plan, before steps that have not happened",
  details: [
    "Say where: --after STEP, or --first. No step after that place may have finished, or may have happened; a step that " +
    "failed does not count. The new step gets a number that was never used, and runs in its place.",
    "Arguments are written as for edit. If the module may be read, the command checks that it has the export, and pins the " +
    "hash of its source, as for the planned steps.",
    REPAIR_NOTE,
  ],
  arguments: [
    JOURNAL,
    { name: "MODULE", summary: "path or URL of the step's module", completion: "file" },
    { name: "EXPORT", summary: "the export that is its function", completion: [] },
  ],
  options: [
    { name: "after", value: "STEP", summary: "puts it after this step" },
    { name: "first", summary: "puts it before all other steps" },
    { name: "args", value: "JSON|@FILE", summary: "its arguments, as a list; default: none" },
    { name: "name", value: "NAME", summary: "its name" },
    ...REASON_OPTIONS,
  ],
  alternatives: [["after", "first"]],
  examples: [{
    words: `insert welcome.json ./repair.ts createFolder --after 1 --args '["/srv/ana"]' --why "it was forgotten"`,
    what: "adds a missing step before the one that failed without it",
  }],
  run: insert,
};

function insert(request: CommandRequest, io: CommandIo): Promise<number> {
  const { arguments: [, module = "", exported = ""], texts, flags } = request;
  const after = texts.get("after");
  if (after === undefined && !flags.has("first")) {
    throw new UsageError("Say where to insert the step: --after STEP or --first", "insert");
  }
  const place = { what: "the arguments", option: "--args ", command: "insert" };
  return repairStep(request, io, async ({ store, journal, reason }) => {
    const { state, step, inlined } = await insertJournal(store, journal, {
      args: readJson(texts.get("args") ?? "[]", place, io),
      module: parseModule(module, "insert"),
      export: exported,
      after,
      name: texts.get("name"),
      ...reason,
    });
    const where = after === undefined ? "before all other steps" : `after step ${after}`;
    const said = `${describeStep(state, step)} is inserted ${where}`;
    return { state, lines: [said, ...callLines(state, step), ...describeInlined(inlined)] };
  });
}
