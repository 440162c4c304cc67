import { DecisionRefused } from "../../errors/decision_errors.ts";
import { formatCall } from "../../inspect/format/format_call.ts";
import { redactSecrets } from "../../inspect/redact/redact_secrets.ts";
import { describeStep } from "../../messages/describe_step.ts";
import { type EditedStep, editJournal, readStepToEdit, type StepToEdit } from "../../run/amend/edit_journal.ts";
import { findStep } from "../../state/state.ts";
import { FileStore } from "../../storage/file/file_store.ts";
import { escapeForTerminal } from "../../text/escape.ts";
import { type Command, type CommandIo, type CommandRequest, UsageError } from "../frame/command.ts";
import { readJson } from "../frame/read_arguments.ts";
import { REASON_OPTIONS } from "../frame/reason_options.ts";
import { describeInlined } from "../show/show_journal.ts";
import {
  REPAIR_CODES,
  REPAIR_NOTE,
  type RepairCall,
  type Repaired,
  repairStep,
  STEP_ARGUMENTS,
  textOption,
} from "./repair_step.ts";

const ARGS = { what: "the arguments", option: "--args ", command: "edit" };

/** `edit`: gives a step other arguments. */
export const editCommand: Command = {
  name: "edit",
  summary: "Gives a step other arguments that has not come to its end",
  details: [
    "Arguments are a JSON list. Without --args they open in the editor that VISUAL or EDITOR names, or else in vi (on Windows in notepad), on a terminal.",
    'In them {"$ref": "1", "path": ["id"]} stands for a part of the value of step 1, by number or name, and ' +
    '{"$env": "NAME"} for a variable of the environment. What JSON has no word for is {"$date": "2026-11-23T02:15:00Z"}, ' +
    '{"$bigint": "12"}, {"$number": "NaN"}, {"$undefined": true}, {"$url": …}, {"$regexp": "/a/i"}, {"$bytes": base64}, ' +
    '{"$map": [[key, value], …]}, {"$set": […]}. {"$keep": 0} leaves what cannot be written as it is. An object with a ' +
    'key of its own that begins with a dollar sign is written {"$object": {…}}.',
    "A step refers only to steps before it. The value of a step that is finished, and that nobody referred to, is put in " +
    "place of the ref: a run would no longer have it.",
    REPAIR_NOTE,
  ],
  permissions: "-A",
  arguments: STEP_ARGUMENTS,
  options: [
    { name: "args", value: "JSON|@FILE", summary: "the arguments, as a list; without it an editor opens" },
    ...REASON_OPTIONS,
  ],
  exitCodes: REPAIR_CODES,
  examples: [
    { words: "edit welcome.json mail", what: "opens the arguments of a step in an editor" },
    {
      words: `edit welcome.json mail --args '["ana@example.com", {"$ref": "1", "path": ["id"]}]' --why "typo"`,
      what: "gives them on the command line; the second is a part of the value of step 1",
    },
  ],
  run: edit,
};

function edit(request: CommandRequest, io: CommandIo): Promise<number> {
  const [, word = ""] = request.arguments;
  const text = textOption(request, "args");
  return repairStep(request, io, async (call) => {
    const { journal, ...reason } = call;
    if (text === undefined) return await editByHand(word, call, io);
    const args = readJson(text, ARGS, io);
    return report(await editJournal(new FileStore(), journal, { step: word, args, ...reason }), io);
  });
}

/** What cannot be taken comes back to the person who wrote it, with the reason. */
async function editByHand(
  word: string,
  { journal, ...reason }: RepairCall,
  io: CommandIo,
): Promise<Repaired | undefined> {
  if (io.editText === undefined) {
    throw new UsageError("--args is missing: without a terminal no editor can be opened", "edit");
  }
  const store = new FileStore();
  const target = await readStepToEdit(store, journal, word);
  const shown = `${heading(target)}${JSON.stringify(target.args, null, 2)}\n`;
  for (let text = shown;;) {
    const edited = io.editText(text);
    if (edited === text && text === shown) return nothing(io);
    try {
      const args = readEdited(edited);
      return report(await editJournal(store, journal, { step: word, args, shown: target.args, ...reason }), io);
    } catch (error) {
      if (!(error instanceof DecisionRefused) && !(error instanceof SyntaxError)) throw error;
      io.writeError(`${escapeForTerminal(error.message)}\n`);
      if (!/^(y(es)?)?$/i.test(await io.ask?.("Edit once more? [Y/n] ") ?? "n")) return nothing(io);
      text = edited;
    }
  }
}

/** Lines that begin with two slashes are notes. */
function readEdited(text: string): unknown {
  return JSON.parse(text.split("\n").filter((line) => !/^\s*\/\//.test(line)).join("\n"));
}

function heading({ state, step }: StepToEdit): string {
  const node = findStep(state, step)?.node;
  const call = node === undefined ? "" : formatCall(state, node, { isReferenced: false, redact: redactSecrets });
  return [
    `// The arguments of ${escapeForTerminal(describeStep(state, step)).replace(/^S/, "s")}, a list in JSON`,
    `//   ${call}`,
    "// Save and close the editor to take them; leave them as they are to change nothing",
    "",
  ].join("\n");
}

function report({ state, step, isChanged, inlined }: EditedStep, io: CommandIo): Repaired | undefined {
  if (!isChanged) return nothing(io);
  const node = findStep(state, step)?.node;
  const call = node === undefined
    ? []
    : [`  ${formatCall(state, node, { isReferenced: false, redact: redactSecrets })}`];
  return { state, lines: [`${describeStep(state, step)} has other arguments`, ...call, ...describeInlined(inlined)] };
}

function nothing(io: CommandIo): undefined {
  io.writeError("Nothing was changed\n");
  return undefined;
}
