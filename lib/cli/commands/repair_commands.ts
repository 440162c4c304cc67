import { describeStep } from "../../messages/describe_step.ts";
import { decideJournal } from "../../run/amend/amend_journal.ts";
import { findStep, type State } from "../../state/state.ts";
import type { StepState } from "../../state/step_state.ts";
import { lastDecision } from "../../state/revert.ts";
import type { Command, CommandIo, CommandOption, CommandRequest } from "../frame/command.ts";
import { readValue, REASON_OPTIONS, TAKE_OVER } from "../frame/decision_options.ts";
import { REPAIR, REPAIR_NOTE, repairStep } from "./repair_step.ts";

interface Repair {
  readonly summary: string;
  readonly details: readonly string[];
  readonly options?: readonly CommandOption[];
  readonly example: Command["examples"][number];
  readonly say: (taken: Taken) => readonly string[];
}

type Taken = Awaited<ReturnType<typeof decideJournal>> & { readonly hasValue: boolean };

const REPAIRS = {
  done: {
    summary: "Marks a step as done, with its result",
    details: [
      "A result is JSON, or @FILE with JSON in it. It is required if a later step needs the value, and must contain " +
      "the parts that later steps need. You can replace a wrong value until a step has used it. You cannot replace " +
      "a value that the step returned. Write dates, maps and other values that JSON cannot represent as for edit.",
      "In a rollback, done says that the step happened, and its undo gets the result. If an undo was interrupted or " +
      "has failed, done says that the step is undone. A result is then refused, unless the undo failed with a value " +
      "that you passed.",
    ],
    options: [
      { name: "result", value: "JSON|@FILE", summary: "the value of the step, if a later step or its undo needs it" },
    ],
    example: {
      words: 'done welcome.json 2 --result \'{"id":7}\' --why "created by hand"',
      what: "makes resume continue after the step, with this value",
    },
    say: (taken) => [sayDecision(taken, `counts as done${taken.hasValue ? " with this value" : ""}`)],
  },
  skip: {
    summary: "Skips a step",
    details: [
      "If a later step needs the value of a step, you cannot skip that step: pass the value with done --result " +
      "instead. In a group, only steps that have not happened are skipped. undecide reverts this until another step " +
      "runs.",
    ],
    example: { words: 'skip welcome.json mail --why "has no mailbox"', what: "makes resume continue after the step" },
    say: (taken) => [sayDecision(taken, "is skipped")],
  },
  retry: {
    summary: "Runs a step again if it failed or its outcome is unknown",
    details: [
      "If a step was interrupted, use this only if you know that it did not happen. A failed step runs again " +
      "anyway: retry resets its attempt count and removes the delay before the next one.",
    ],
    example: { words: 'retry welcome.json 2 --why "it is not in the outbox"', what: "makes resume run the step" },
    say: (taken) => [sayDecision(taken, "will run")],
  },
  remove: {
    summary: "Removes from the plan a step that never started",
    details: [
      "Works for a step or a group that never started and whose value is not needed. If the step has started, use " +
      "skip instead.",
    ],
    example: { words: 'remove welcome.json 4 --why "no longer wanted"', what: "removes the step from the plan" },
    say: ({ state, step }) => [`${describeStep(state, step)} is removed from the plan`],
  },
  undecide: {
    summary: "Undoes the last decision about a step",
    details: [
      "Undoes skip, done, retry, edit and remove, the last one first, until another step runs. To undo insert, use " +
      "remove. rewind cannot be undone.",
    ],
    example: { words: "undecide welcome.json mail", what: "restores the step as it was before the last decision" },
    say: ({ state, step, undone = "" }) => {
      const decided = findStep(state, step);
      return [
        `Undone: ${undone}. ${describeStep(state, step)} has the status ${decided?.status ?? ""}`,
        ...(decided === undefined ? [] : sayEarlier(state, decided)),
      ];
    },
  },
} as const satisfies Readonly<Record<string, Repair>>;

type RepairName = keyof typeof REPAIRS;

export function repairCommand(name: RepairName): Command {
  const { summary, details, options = [], example }: Repair = REPAIRS[name];
  return {
    ...REPAIR,
    name,
    summary,
    details: [...details, REPAIR_NOTE],
    options: [...options, ...REASON_OPTIONS, TAKE_OVER],
    examples: [example],
    run: (request, io) => repair(name, request, io),
  };
}

function repair(name: RepairName, request: CommandRequest, io: CommandIo): Promise<number> {
  const { say }: Repair = REPAIRS[name];
  const [, step = ""] = request.arguments;
  const text = request.texts.get("result");
  return repairStep(request, io, async ({ store, journal, reason }) => {
    const result = text === undefined ? undefined : { value: await readValue(text, "the result", io) };
    const taken = await decideJournal(store, journal, { step, decision: name, result, ...reason });
    return { state: taken.state, lines: say({ ...taken, hasValue: text !== undefined }) };
  });
}

/** Says what a decision means for a step. In a rollback, it answers another question. */
function sayDecision({ state, step }: Taken, text: string): string {
  const decided = state.rollback === undefined ? undefined : findStep(state, step);
  return `${describeStep(state, step)} ${decided === undefined ? text : sayInRollback(decided)}`;
}

function sayInRollback({ status, marks }: StepState): string {
  if (marks?.undo === "begun") return "will be undone";
  if (marks?.undo === "left") return "is not undone: its effect stays";
  if (status === "undone") return "counts as undone";
  return status === "skipped" ? "did not happen: there is nothing to undo" : "did happen, and will be undone";
}

/** Of several decisions, only the last one is undone. */
function sayEarlier(state: State, step: StepState): readonly string[] {
  const earlier = step.undecided?.at(-1);
  if (earlier === undefined) return [];
  const way = lastDecision(state, step) === earlier ? `. To undo it, too: undecide ${step.node.id}` : "";
  return [`The decision before it is still in effect: ${earlier.decision}${way}`];
}
