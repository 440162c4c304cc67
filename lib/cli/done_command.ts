import { decideJournal } from "../run/decide_journal.ts";
import { FileStore } from "../storage/file_store.ts";
import type { Command, CommandRequest } from "./command.ts";
import type { CommandIo } from "./command_io.ts";
import { readJson } from "./read_json.ts";
import { REASON_OPTIONS } from "./reason_options.ts";
import { describeDecision, REPAIR_CODES, REPAIR_NOTE, repairStep, STEP_ARGUMENTS, textOption } from "./repair_step.ts";

const RESULT = { what: "the result", option: "--result ", command: "done" };

/** `done`: says that a step is done. */
export const doneCommand: Command = {
  name: "done",
  summary: "Says that a step is done, with its result",
  details: [
    "A result is JSON, or @FILE with JSON in it. It is needed when a later step takes the value, and must have " +
    "the parts that are taken. A value that was given wrongly can be given anew until a step has run with it; " +
    "one that a step returned stays.",
    "In a rollback it says of a step that it did happen, and its undo gets the result; of an undo that has begun, that it " +
    "is done, and then a result is refused, unless the undo has failed with a value that was given.",
    REPAIR_NOTE,
  ],
  permissions: "-A",
  arguments: STEP_ARGUMENTS,
  options: [
    { name: "result", value: "JSON|@FILE", summary: "the value of the step, if a later step or its undo needs it" },
    ...REASON_OPTIONS,
  ],
  exitCodes: REPAIR_CODES,
  examples: [{
    words: 'done welcome.json 2 --result \'{"id":7}\' --why "created by hand"',
    what: "has resume go on behind the step, with this value",
  }],
  run: done,
};

function done(request: CommandRequest, io: CommandIo): Promise<number> {
  const [, word = ""] = request.arguments;
  const text = textOption(request, "result");
  return repairStep(request, io, async ({ journal, ...reason }) => {
    const result = text === undefined ? {} : { result: { value: readJson(text, RESULT, io) } };
    const decision = { step: word, decision: "done", ...result, ...reason } as const;
    const { state, step } = await decideJournal(new FileStore(), journal, decision);
    const value = text === undefined ? "" : " with this value";
    return { state, lines: [describeDecision(state, step, `counts as done${value}`)] };
  });
}
