import { describeStep } from "../../messages/describe_step.ts";
import { decideJournal } from "../../run/amend/decide_journal.ts";
import { findStep, type State } from "../../state/state.ts";
import type { StepState } from "../../state/step_state.ts";
import { lastDecision } from "../../state/undecide.ts";
import { FileStore } from "../../storage/file/file_store.ts";
import type { Command, CommandIo, CommandRequest } from "../frame/command.ts";
import { readJson } from "../frame/read_arguments.ts";
import { REASON_OPTIONS } from "../frame/reason_options.ts";
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
