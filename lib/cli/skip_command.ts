import { decideJournal } from "../run/decide_journal.ts";
import { FileStore } from "../storage/file_store.ts";
import type { Command, CommandRequest } from "./command.ts";
import type { CommandIo } from "./command_io.ts";
import { REASON_OPTIONS } from "./reason_options.ts";
import { describeDecision, REPAIR_CODES, REPAIR_NOTE, repairStep, STEP_ARGUMENTS } from "./repair_step.ts";

/** `skip`: leaves a step out. */
export const skipCommand: Command = {
  name: "skip",
  summary: "Leaves a step out",
  details: [
    "A step whose value a later one needs cannot be left out: done with --result gives the value instead. Of a " +
    "group, what has not happened is left out. undecide takes it back while nothing has run since.",
    REPAIR_NOTE,
  ],
  permissions: "-A",
  arguments: STEP_ARGUMENTS,
  options: [...REASON_OPTIONS],
  exitCodes: REPAIR_CODES,
  examples: [{ words: 'skip welcome.json mail --why "has no mailbox"', what: "has resume go on behind the step" }],
  run: skip,
};

function skip(request: CommandRequest, io: CommandIo): Promise<number> {
  const [, word = ""] = request.arguments;
  return repairStep(request, io, async ({ journal, ...reason }) => {
    const decision = { step: word, decision: "skip", ...reason } as const;
    const { state, step } = await decideJournal(new FileStore(), journal, decision);
    return { state, lines: [describeDecision(state, step, "is left out")] };
  });
}
