import { decideJournal } from "../run/decide_journal.ts";
import { FileStore } from "../storage/file_store.ts";
import type { Command, CommandRequest } from "./command.ts";
import type { CommandIo } from "./command_io.ts";
import { REASON_OPTIONS } from "./reason_options.ts";
import { describeDecision, REPAIR_CODES, REPAIR_NOTE, repairStep, STEP_ARGUMENTS } from "./repair_step.ts";

/** `retry`: has a step run again. */
export const retryCommand: Command = {
  name: "retry",
  summary: "Has a step run that nobody knows the end of, or that has failed",
  details: [
    "Say it of a step that was started and has no end in the journal when you know that it did not happen. A " +
    "step that failed runs again anyway; this gives it a fresh number of attempts, and takes away the pause " +
    "before the next.",
    REPAIR_NOTE,
  ],
  permissions: "-A",
  arguments: STEP_ARGUMENTS,
  options: [...REASON_OPTIONS],
  exitCodes: REPAIR_CODES,
  examples: [{ words: 'retry welcome.json 2 --why "it is not in the outbox"', what: "has resume run the step" }],
  run: retry,
};

function retry(request: CommandRequest, io: CommandIo): Promise<number> {
  const [, word = ""] = request.arguments;
  return repairStep(request, io, async ({ journal, ...reason }) => {
    const decision = { step: word, decision: "retry", ...reason } as const;
    const { state, step } = await decideJournal(new FileStore(), journal, decision);
    return { state, lines: [describeDecision(state, step, "will run")] };
  });
}
