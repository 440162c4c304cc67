import { DecisionRefused } from "../errors/decision_errors.ts";
import { TransactionClosed } from "../errors/running_errors.ts";
import type { Refusal, StepRefusal } from "../state/answers.ts";
import { describeUnknownStep } from "../state/describe_unknown_step.ts";
import type { State } from "../state/state.ts";
import { inspectCommand } from "./next_commands.ts";

/** What was refused. */
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
  return new TransactionClosed(journal, status, action, { next: [inspectCommand(state, journal, when)] });
}

/** Says why an answer cannot be taken, as the end of a sentence, and what can be done instead. */
export function describeRefusal(state: State, refusal: Refusal): string {
  switch (refusal.code) {
    case "rolling back":
      return "the transaction is being rolled back";
    case "nothing to undo":
      return "there is nothing to undo";
    case "nothing begun":
      return "neither this step nor a later one has begun";
    case "undone":
      return "it is undone";
    case "closed":
      return `the transaction is ${refusal.status}`;
    case "not open":
      return `the transaction is being rolled back, and the step is ${refusal.status}`;
    case "no function": {
      const skip = refusal.canSkip ? ["skip it"] : [];
      const ways = [...(refusal.signal === undefined ? [] : [sendSignal(refusal.signal)]), ...skip];
      return `it is a ${refusal.kind}${ways.length === 0 ? "" : `: ${ways.join(", or ")}`}`;
    }
    case "needed": {
      const { step, other, user, signal } = refusal;
      const way = signal === undefined ? `say that step ${other} is done, with its result` : sendSignal(signal);
      return `${user} needs ${other === step ? "its value" : `the value of step ${other}`}: ${way}`;
    }
    case "bad value":
      return `of the result, ${refusal.detail}`;
    case "bad arguments":
      return refusal.detail;
    case "value used":
      return `step ${refusal.other} has run with its value, or may have`;
    case "decided later":
      return `there is a later decision about step ${refusal.other}. Take that one back first: undecide ${refusal.other}`;
    case "begun": {
      const { step, other } = refusal;
      return `${other === step ? "it" : `step ${other} in it`} has begun. Step ${step} can be skipped instead`;
    }
    case "inside skipped":
      return `it would be inside step ${refusal.other}, which is skipped`;
    case "happened after":
      return `step ${refusal.other}, which would come after it, has happened, or may have`;
    default:
      return describeStepRefusal(state, refusal);
  }
}

function describeStepRefusal(
  state: State,
  { code, step }: { readonly code: StepRefusal; readonly step: string },
): string {
  const undecide = `undecide ${step} takes that back while nothing has run since`;
  switch (code) {
    case "no such step":
      return describeUnknownStep(state, step);
    case "finished":
      return "it is finished, and what has happened stays as it is";
    case "said done":
      return `it was said to be done: ${undecide}`;
    case "lacks its value":
      return "it is finished, but its value is missing: say that it is done, with its result";
    case "removed":
      return `it was removed from the plan: ${undecide}`;
    case "skipped":
      return `it is skipped already: ${undecide}`;
    case "nothing decided":
      return "there is no decision about it";
    case "signal sent":
      return "there is no decision about it. To take back its signal, have the step take it " +
        `(resume --only ${step}) and wait again (rewind ${step})`;
    case "inserted":
      return `it was inserted: remove ${step} takes it out of the plan`;
    case "rewound":
      return "a rewind cannot be taken back: what happened before it is no longer known";
    case "run since":
      return "a step has run since the decision, or the decision was taken back already";
    case "not to be undone":
      return "the transaction is being rolled back, and the step is not one to be undone";
    case "not to be run":
      return "the transaction is being rolled back: say that the step happened (done), and it is undone, or that it " +
        "did not (skip)";
    case "value returned":
      return "the transaction is being rolled back, and the step has the value that it returned";
    case "undo has its value":
      return "the transaction is being rolled back, and the step has the value that it returned. Without a result, done " +
        "means that the step is undone";
    case "undo unknown":
      return "it is unknown whether its undo has happened with the value that it got: say that first (retry, done or " +
        "skip), without a result. After retry, the value can be given";
    case "no wait":
      return "it waits for no signal";
    default:
      return code satisfies never;
  }
}

function sendSignal(signal: string): string {
  return `send the value with the command signal, as ${JSON.stringify(signal)}`;
}
