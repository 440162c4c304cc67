import { formatCall } from "../../inspect/format/format_call.ts";
import { redactSecrets } from "../../inspect/redact/redact_secrets.ts";
import { describeStep } from "../../messages/describe_step.ts";
import { insertJournal } from "../../run/amend/insert_journal.ts";
import { findStep } from "../../state/state.ts";
import { FileStore } from "../../storage/file/file_store.ts";
import { type Command, type CommandIo, type CommandRequest, UsageError } from "../frame/command.ts";
import { parseModule, readJson } from "../frame/read_arguments.ts";
import { REASON_OPTIONS } from "../frame/reason_options.ts";
import { describeInlined } from "../show/show_journal.ts";
import { REPAIR_CODES, REPAIR_NOTE, repairStep, textOption } from "./repair_step.ts";

const ARGS = { what: "the arguments", option: "--args ", command: "insert" };

/** `insert`: adds a step to the plan. */
export const insertCommand: Command = {
  name: "insert",
  summary: "Adds a step to the plan, where nothing behind it has happened",
  details: [
    "Say where: --after STEP, or --first. A step behind which one has finished, or may have, cannot come there; one that " +
    "failed does not count. The new step gets a number that was never used, and runs where it stands.",
    "Arguments are written as for edit. Where the module may be read, it is looked whether it has such an export, and its " +
    "hash is kept, as of those that were planned.",
    REPAIR_NOTE,
  ],
  permissions: "-A",
  arguments: [
    { name: "JOURNAL", summary: "path or file: URL of the journal", completion: "journal" },
    { name: "MODULE", summary: "path or URL of the step's module", completion: "file" },
    { name: "EXPORT", summary: "the export that is its function", completion: [] },
  ],
  options: [
    { name: "after", value: "STEP", summary: "the step that it comes behind" },
    { name: "first", summary: "it comes before all others" },
    { name: "args", value: "JSON|@FILE", summary: "its arguments, as a list; none if left out" },
    { name: "name", value: "NAME", summary: "its name" },
    ...REASON_OPTIONS,
  ],
  exitCodes: REPAIR_CODES,
  examples: [{
    words: `insert welcome.json ./mend.ts createFolder --after 1 --args '["/srv/ana"]' --why "it was forgotten"`,
    what: "has a step run that was not planned, before the one that failed for want of it",
  }],
  run: insert,
};

function insert(request: CommandRequest, io: CommandIo): Promise<number> {
  const [, module = "", exported = ""] = request.arguments;
  const after = textOption(request, "after");
  if ((after === undefined) === !request.flags.has("first")) {
    throw new UsageError("Say where the step comes: either --after STEP or --first", "insert");
  }
  const name = textOption(request, "name");
  const text = textOption(request, "args");
  return repairStep(request, io, async ({ journal, ...reason }) => {
    const args = text === undefined ? [] : readJson(text, ARGS, io);
    const { state, step, inlined } = await insertJournal(new FileStore(), journal, {
      module: parseModule(module, "insert"),
      export: exported,
      args,
      after,
      name,
      ...reason,
    });
    const node = findStep(state, step)?.node;
    const call = node === undefined
      ? []
      : [`  ${formatCall(state, node, { isReferenced: false, redact: redactSecrets })}`];
    const place = after === undefined ? "before all others" : `behind step ${after}`;
    const lines = [`${describeStep(state, step)} is inserted ${place}`, ...call, ...describeInlined(inlined)];
    return { state, lines };
  });
}
