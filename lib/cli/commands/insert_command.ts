import { describeStep } from "../../messages/describe_step.ts";
import { insertJournal } from "../../run/amend/edit_journal.ts";
import { type Command, type CommandIo, type CommandRequest, UsageError } from "../frame/command.ts";
import { readJson, REASON_OPTIONS, TAKE_OVER } from "../frame/decision_options.ts";
import { JOURNAL } from "../frame/journal_argument.ts";
import { parseModule } from "../frame/module_argument.ts";
import { callLines, REPAIR, REPAIR_NOTE, repairStep } from "./repair_step.ts";

export const insertCommand: Command = {
  ...REPAIR,
  name: "insert",
  summary: "Adds a step to the plan, before steps that have not happened",
  details: [
    "Pass --after STEP or --first. After that place, there must be no step that has finished or whose outcome is " +
    "unknown; failed steps are allowed. The new step gets a number that was never used, but runs at that place.",
    "Write arguments as for edit. If the module can be read, insert checks that it has the export and pins the hash " +
    "of its source, as for planned steps.",
    REPAIR_NOTE,
  ],
  arguments: [
    JOURNAL,
    { name: "MODULE", summary: "path or URL of the step's module", completion: "file" },
    { name: "EXPORT", summary: "the name of the exported function", completion: [] },
  ],
  options: [
    { name: "after", value: "STEP", summary: "puts it after this step" },
    { name: "first", summary: "puts it before all other steps" },
    { name: "args", value: "JSON|@FILE", summary: "its arguments, as a list; default: none" },
    { name: "name", value: "NAME", summary: "its name" },
    ...REASON_OPTIONS,
    TAKE_OVER,
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
    throw new UsageError("The new step needs a place: pass --after STEP or --first");
  }
  return repairStep(request, io, async ({ store, journal, reason }) => {
    const { state, step, inlined } = await insertJournal(store, journal, {
      args: readJson(texts.get("args") ?? "[]", "the arguments", io),
      module: parseModule(module),
      export: exported,
      after,
      name: texts.get("name"),
      ...reason,
    });
    const where = after === undefined ? "before all other steps" : `after step ${after}`;
    const said = `${describeStep(state, step)} is inserted ${where}`;
    return { state, lines: [said, ...callLines(state, step, inlined)] };
  });
}
