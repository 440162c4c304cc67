import { decideJournal } from "../run/decide_journal.ts";
import { describeStep } from "../run/describe_step.ts";
import { FileStore } from "../storage/file_store.ts";
import type { Command, CommandRequest } from "./command.ts";
import type { CommandIo } from "./command_io.ts";
import { REASON_OPTIONS } from "./reason_options.ts";
import { REPAIR_CODES, REPAIR_NOTE, repairStep, STEP_ARGUMENTS } from "./repair_step.ts";

/** `remove`: takes a step out of the plan. */
export const removeCommand: Command = {
  name: "remove",
  summary: "Takes a step that never began out of the plan",
  details: [
    "Only a step, or a group, that was never begun and whose value nobody needs. One that was begun is left " +
    "out with skip.",
    REPAIR_NOTE,
  ],
  permissions: "-A",
  arguments: STEP_ARGUMENTS,
  options: [...REASON_OPTIONS],
  exitCodes: REPAIR_CODES,
  examples: [{ words: 'remove welcome.json 4 --why "not wanted any more"', what: "takes the step out of the plan" }],
  run: remove,
};

function remove(request: CommandRequest, io: CommandIo): Promise<number> {
  const [, word = ""] = request.arguments;
  return repairStep(request, io, async ({ journal, ...reason }) => {
    const decision = { step: word, decision: "remove", ...reason } as const;
    const { state, step } = await decideJournal(new FileStore(), journal, decision);
    return { state, lines: [`${describeStep(state, step)} is planned no more`] };
  });
}
