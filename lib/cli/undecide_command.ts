import { decideJournal } from "../run/decide_journal.ts";
import { describeStep } from "../run/describe_step.ts";
import { FileStore } from "../storage/file_store.ts";
import type { Command, CommandRequest } from "./command.ts";
import type { CommandIo } from "./command_io.ts";
import { findStep, type State } from "../state/state.ts";
import type { StepState } from "../state/step_state.ts";
import { lastDecision } from "../state/undecide.ts";
import { REASON_OPTIONS } from "./reason_options.ts";
import { REPAIR_CODES, REPAIR_NOTE, repairStep, STEP_ARGUMENTS } from "./repair_step.ts";

/** `undecide`: takes a decision back. */
export const undecideCommand: Command = {
  name: "undecide",
  summary: "Takes back what was last decided about a step",
  details: [
    "Takes back skip, done, retry, edit and remove, the last first, as long as nothing has run since. What was " +
    "inserted is taken out with remove; rewind cannot be taken back.",
    REPAIR_NOTE,
  ],
  permissions: "-A",
  arguments: STEP_ARGUMENTS,
  options: [...REASON_OPTIONS],
  exitCodes: REPAIR_CODES,
  examples: [{ words: "undecide welcome.json mail", what: "has the step be what it was before the last decision" }],
  run: undecide,
};

function undecide(request: CommandRequest, io: CommandIo): Promise<number> {
  const [, word = ""] = request.arguments;
  return repairStep(request, io, async ({ journal, ...reason }) => {
    const decision = { step: word, decision: "undecide", ...reason } as const;
    const { state, step, undone = "" } = await decideJournal(new FileStore(), journal, decision);
    const decided = findStep(state, step);
    const what = `Taken back: ${undone}. ${describeStep(state, step)} has the status ${decided?.status ?? ""}`;
    return { state, lines: [what, ...(decided === undefined ? [] : describeEarlier(state, decided))] };
  });
}

/** Of several decisions that still count only the last is gone. */
function describeEarlier(state: State, step: StepState): readonly string[] {
  const earlier = step.undecided?.at(-1);
  if (earlier === undefined) return [];
  const way = lastDecision(state, step) === earlier ? `. undecide ${step.node.id} takes that back, too` : "";
  return [`What was decided before still holds: ${earlier.decision}${way}`];
}
