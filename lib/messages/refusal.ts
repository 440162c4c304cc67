import { DecisionRefused } from "../errors/decision_errors.ts";
import { TransactionClosed } from "../errors/running_errors.ts";
import type { Refusal, RefusalCode } from "../state/answers.ts";
import { describeUnknownStep } from "../state/describe_unknown_step.ts";
import { findStep, type State } from "../state/state.ts";
import { isComplete, type StepState } from "../state/step_state.ts";
import { inspectCommand, startAnew } from "./next_commands.ts";

const ROLLING_BACK = "the transaction is being rolled back";

interface RefusedRequest {
  readonly journal: string;
  /** The step that it was about; absent if it was about the transaction as a whole. */
  readonly step?: string;
  /** What was asked for: `edit step 2`, or of a transaction `cancel`. */
  readonly what: string;
}

/** Puts a refusal into an error. That the transaction is over is a class of its own. */
export function refusedError(
  state: State,
  refusal: Refusal,
  { journal, step, what }: RefusedRequest,
): DecisionRefused | TransactionClosed {
  if (refusal.code === "closed") return closedError(state, journal, refusal.status, what);
  const subject = step === undefined ? ` ${JSON.stringify(journal)}` : "";
  const text = `Cannot ${what}${subject}: ${describeRefusal(state, refusal)}`;
  return new DecisionRefused(journal, step ?? "", text, { code: refusal.code });
}

/** The error for what is asked of a transaction that is over. */
export function closedError(
  state: State,
  journal: string,
  status: TransactionClosed["status"],
  action: string,
): TransactionClosed {
  const when = "See what has happened, and what can still be done";
  return new TransactionClosed(journal, status, action, {
    next: [inspectCommand(state, journal, when), ...startAnew(state, journal, status)],
  });
}

/** How to say each refusal, as the end of a sentence, and what can be done instead. */
const TEXTS: { readonly [Code in RefusalCode]: (refusal: Refusal<Code>, state: State) => string } = {
  "rolling back": () => ROLLING_BACK,
  "nothing to undo": () => "there is nothing to undo",
  "nothing begun": () => "neither this step nor a later one has started",
  "too many decisions": () =>
    "too many decisions that concern large parts of the plan were taken in this transaction. " +
    "Decide about single steps (retry, done, skip), or roll back",
  "undone": () => "it is undone",
  "closed": ({ status }) => `the transaction is ${status}`,
  "not open": ({ status }) => `${ROLLING_BACK}, and the step is ${status}`,
  "no such step": ({ step }, state) => describeUnknownStep(state, step),
  "finished": ({ step }, state) =>
    hasOpenPlan(findStep(state, step))
      ? `it has returned a plan, which is not complete: decide about the steps of that plan, or use rewind ${step}`
      : "it is finished, and a finished step cannot be changed",
  "said done": ({ step }) => `it is marked as done: ${undecide(step)}`,
  "lacks its value": () => "it is finished, but its value is missing: mark it as done, with its result",
  "removed": ({ step }) => `it is removed from the plan: ${undecide(step)}`,
  "skipped": ({ step }) => `it is already skipped: ${undecide(step)}`,
  "nothing decided": () => "there is no decision about it",
  "signal sent": ({ step }) =>
    "there is no decision about it. To withdraw the signal, let the step take it " +
    `(resume --only ${step}) and then wait again (rewind ${step})`,
  "inserted": ({ step }) => `it was inserted: remove ${step} removes it from the plan`,
  "rewound": () => "a rewind cannot be undone: the state before it is not kept",
  "run since": () => "a step has run since the decision, or the decision is already undone",
  "not to be undone": () => `${ROLLING_BACK}, and this step is not undone in a rollback`,
  "not to be run": () =>
    `${ROLLING_BACK}: if the step happened, use done, and the rollback undoes it. If it did not, use skip`,
  "value returned": () => `${ROLLING_BACK}, and the step has the value that it returned`,
  "undo has its value": () =>
    `${ROLLING_BACK}, and the step has the value that it returned. Without a result, done means that the step is undone`,
  "undo unknown": () =>
    "the outcome of its undo with the earlier value is unknown: decide that first (retry, done or skip), " +
    "without a result. After retry, you can pass the value",
  "edited": ({ step, isRollback }) => {
    const why = "it may have happened with the arguments that it had before, and its undo would get the new ones. ";
    return why + (isRollback ? `If it happened, undo it by hand, then use skip ${step}` : `Use undecide ${step} first`);
  },
  "no wait": () => "it does not wait for a signal",
  "value used": ({ other }) => `step ${other} has used its value, or may have used it`,
  "decided later": ({ other }) =>
    `there is a later decision about step ${other}. Undo that one first: undecide ${other}`,
  "begun": ({ step, other, canSkip }) =>
    `${other === step ? "it" : `step ${other} inside it`} has started` +
    (canSkip ? `. You can skip step ${step} instead` : ""),
  "inside skipped": ({ other }) => `it would be inside step ${other}, which is skipped`,
  "happened after": ({ other }) => `step ${other}, which would come after it, has happened or may have happened`,
  "no function": ({ kind, signal, canSkip }) => {
    const ways = [...(signal === undefined ? [] : [sendSignal(signal)]), ...(canSkip ? ["skip it"] : [])];
    return `it is a ${kind === "parallel" ? "parallel group" : kind}${
      ways.length === 0 ? "" : `: ${ways.join(", or ")}`
    }`;
  },
  "needed": ({ step, other, user, signal }) => {
    const way = signal === undefined ? `mark step ${other} as done, with its result` : sendSignal(signal);
    return `${user} needs ${other === step ? "its value" : `the value of step ${other}`}: ${way}`;
  },
  "bad value": ({ detail }) => `the result is incomplete: ${detail}`,
  "bad arguments": ({ detail }) => detail,
};

export function describeRefusal<Code extends RefusalCode>(state: State, refusal: Refusal<Code>): string {
  return TEXTS[refusal.code](refusal, state);
}

function hasOpenPlan(step: StepState | undefined): boolean {
  return step?.children !== undefined && !isComplete(step.children);
}

function undecide(step: string): string {
  return `undecide ${step} reverts that if no step has run since`;
}

function sendSignal(signal: string): string {
  return `send the signal ${JSON.stringify(signal)} with the value`;
}
