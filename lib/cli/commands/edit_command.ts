import { DecisionRefused } from "../../errors/decision_errors.ts";
import { describeInSentence, describeStep } from "../../messages/describe_step.ts";
import { type EditedStep, editJournal, readStepToEdit, type StepToEdit } from "../../run/amend/edit_journal.ts";
import { escapeForTerminal, escapeJsonText } from "../../text/escape.ts";
import { type Command, type CommandIo, type CommandRequest, UsageError, writeLines } from "../frame/command.ts";
import { readJson, REASON_OPTIONS, TAKE_OVER } from "../frame/decision_options.ts";
import { readTypedJson } from "../frame/typed_json.ts";
import { callLines, REPAIR, REPAIR_NOTE, type RepairCall, type Repaired, repairStep } from "./repair_step.ts";

export const editCommand: Command = {
  ...REPAIR,
  name: "edit",
  summary: "Changes the arguments of a step that has not finished",
  details: [
    "Arguments are a JSON list. Without --args, an editor opens on the terminal: the one that VISUAL or EDITOR names, or " +
    "vi (on Windows notepad).",
    'In the arguments, {"$ref": "1", "path": ["id"]} stands for a part of the value of step 1, by number or name, ' +
    'and {"$env": "NAME"} for an environment variable. Values that JSON cannot represent are written as {"$date": ' +
    '"2026-11-23T02:15:00Z"}, {"$bigint": "12"}, {"$number": "NaN"}, {"$undefined": true}, {"$url": …}, {"$regexp": ' +
    '"/a/i"}, {"$bytes": base64}, {"$map": [[key, value], …]}, {"$set": […]}, {"$record": {…}} for an object ' +
    'without a prototype. {"$keep": 0} keeps a value that cannot be written. If an object has a key that begins with ' +
    'a dollar sign, write it as {"$object": {…}}.',
    "A step can refer only to earlier steps. If a step has finished and no other step refers to its value, a run " +
    "does not keep that value. The value itself is then stored in place of the reference.",
    REPAIR_NOTE,
  ],
  options: [
    { name: "args", value: "JSON|@FILE", summary: "the arguments, as a list; default: an editor opens" },
    ...REASON_OPTIONS,
    TAKE_OVER,
  ],
  examples: [
    { words: "edit welcome.json mail", what: "opens the arguments of a step in an editor" },
    {
      words: `edit welcome.json mail --args '["ana@example.com", {"$ref": "1", "path": ["id"]}]' --why "typo"`,
      what: "passes them on the command line; the second is a part of the value of step 1",
    },
  ],
  run: edit,
};

function edit(request: CommandRequest, io: CommandIo): Promise<number> {
  const [, step = ""] = request.arguments;
  const text = request.texts.get("args");
  return repairStep(request, io, async (call) => {
    if (text === undefined) return await editByHand(step, call, io);
    const args = readJson(text, "the arguments", io);
    return report(await editJournal(call.store, call.journal, { step, args, ...call.reason }), io);
  });
}

/** If the arguments cannot be taken, the editor opens again, with the reason above. */
async function editByHand(
  step: string,
  { store, journal, reason }: RepairCall,
  io: CommandIo,
): Promise<Repaired | undefined> {
  if (io.editText === undefined) {
    throw new UsageError("--args is missing: without a terminal, no editor can be opened");
  }
  const target = await readStepToEdit(store, journal, step);
  // U+FFFD as it is would be taken for bytes that are not UTF-8.
  const json = escapeJsonText(JSON.stringify(target.args, null, 2)).replaceAll("\ufffd", "\\ufffd");
  const original = `${heading(target)}${json}\n`;
  for (let text = original;;) {
    const edited = io.editText(text);
    if (edited === text && text === original) return nothing(io);
    try {
      const args = readEdited(edited);
      return report(await editJournal(store, journal, { step, args, shown: target.args, ...reason }), io);
    } catch (error) {
      if (!(error instanceof DecisionRefused) && !(error instanceof SyntaxError)) throw error;
      writeLines(io, [error.message]);
      if (!/^(y(es)?)?$/i.test(await io.ask?.("Edit once more? [Y/n] ") ?? "n")) return nothing(io);
      text = edited;
    }
  }
}

/** Lines that begin with two slashes are notes. */
function readEdited(text: string): unknown {
  return readTypedJson(text.split("\n").map((line) => /^\s*\/\//.test(line) ? "" : line).join("\n"));
}

function heading({ state, step }: StepToEdit): string {
  return [
    `// The arguments of ${escapeForTerminal(describeInSentence(state, step))}, a list in JSON`,
    ...callLines(state, step).map((line) => `// ${line}`),
    "// To apply your changes, save and close the editor. To change nothing, leave them as they are",
    "",
  ].join("\n");
}

function report({ state, step, isChanged, inlined }: EditedStep, io: CommandIo): Repaired | undefined {
  if (!isChanged) return nothing(io);
  return { state, lines: [`${describeStep(state, step)} has new arguments`, ...callLines(state, step, inlined)] };
}

function nothing(io: CommandIo): undefined {
  io.writeError("Nothing was changed\n");
  return undefined;
}
