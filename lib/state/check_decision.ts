import type { Decided } from "../journal/event.ts";
import { readArguments, readValue } from "../journal/stored_value.ts";
import { isGroup } from "../plan/node.ts";
import { describeUnknownStep } from "./describe_unknown_step.ts";
import { checkReferences, findMissingPart, findOpenUser, findPastUser } from "./references.ts";
import { checkRewind } from "./rewind.ts";
import { takesValueToUndo } from "./rollback.ts";
import { findStep, type State } from "./state.ts";
import { isUndoing, type StepState } from "./step_state.ts";
import { lastDecision, laterDecided } from "./undecide.ts";
import { findBegun, walkSteps } from "./walk_steps.ts";

/** A decision that is about one step. */
export type StepDecision = Extract<Decided, { readonly step: string }>;

/**
 * Tells why a decision cannot be taken.
 *
 * @param state What is true now. A step that was `started` counts as `unknown`: whoever decides owns the journal.
 * @param decision The decision.
 * @returns Why not, as the end of a sentence; nothing if it can.
 */
export function checkDecision(state: State, decision: StepDecision): string | undefined {
  const step = findStep(state, decision.step);
  if (step === undefined) return describeUnknownStep(state, decision.step);
  if (decision.decision === "rewind") return checkRewind(state, step);
  if (decision.decision === "undecide") return checkUndecide(state, step);
  if (state.rollback !== undefined) return checkUndoDecision(state, step, decision);
  return checkStatus(state, step, decision) ?? checkMeaning(state, step, decision);
}

/** What a step is may leave nothing to decide. */
function checkStatus(state: State, step: StepState, decision: StepDecision): string | undefined {
  switch (step.status) {
    case "finished":
      return checkFinished(state, step, decision);
    case "skipped":
      if (step.marks?.isRemoved === true) {
        return `it is planned no more: undecide ${decision.step} takes that back while nothing has run since`;
      }
      if (decision.decision === "done") break;
      return `it was left out already: undecide ${decision.step} takes that back while nothing has run since`;
    case "undone":
      return "it is undone";
    default:
      break;
  }
  if (step.node.kind === "step" || decision.decision === "skip" || decision.decision === "remove") return undefined;
  const { node } = step;
  const leave = checkUsers(state, step) === undefined ? "leave it out (skip)" : undefined;
  if (node.kind !== "wait") return `it is a ${node.kind}${leave === undefined ? "" : `: ${leave}`}`;
  return `it is a wait: ${[sendSignal(node.signal), leave].filter((way) => way !== undefined).join(", or ")}`;
}

/** What has happened stays so; but a value may be given that was lost, or that was given wrongly. */
function checkFinished(state: State, step: StepState, decision: StepDecision): string | undefined {
  if (decision.decision !== "done") return whyFinished(state, step);
  if (step.marks?.isGiven === true) {
    const past = findPastUser(state, decision.step);
    return past === undefined ? undefined : `step ${past} has run with its value, or may have`;
  }
  if (step.marks?.dropped === undefined) return whyFinished(state, step);
  return decision.given === true
    ? undefined
    : "it is finished, and what is missing is its result: say that it is done, with its result";
}

/** What somebody only said to be done may be said to be otherwise. */
function whyFinished(state: State, step: StepState): string {
  if (lastDecision(state, step)?.decision === "done") {
    return `it was said to be done: undecide ${step.node.id} takes that back while nothing has run since`;
  }
  return "it is finished, and nothing that has happened can be decided otherwise";
}

/** What others need of the step must be there, and what it needs itself. */
function checkMeaning(state: State, step: StepState, decision: StepDecision): string | undefined {
  switch (decision.decision) {
    case "remove":
      return checkUntouched(step) ?? checkUsers(state, step);
    case "skip":
      return checkUsers(state, step);
    case "done": {
      if (decision.given !== true) return checkUsers(state, step);
      const missing = findMissingPart(state, decision.step, readValue(decision));
      return missing === undefined ? undefined : `of the result, ${missing}`;
    }
    case "edit":
      return checkReferences(state, decision.step, readArguments(decision));
    default:
      return undefined;
  }
}

function checkUntouched(step: StepState): string | undefined {
  const begun = findBegun(step);
  if (begun === undefined) return undefined;
  const { id } = step.node;
  const what = begun === step ? "it" : `step ${begun.node.id} in it`;
  return `${what} has been begun, and stays in the plan: step ${id} can be left out instead`;
}

function checkUndecide(state: State, step: StepState): string | undefined {
  const later = laterDecided(state, step)?.node.id;
  if (later !== undefined) return `step ${later} was decided about later: take that back first, with undecide ${later}`;
  if (lastDecision(state, step) !== undefined) return undefined;
  const { id } = step.node;
  const last = step.decisions?.at(-1)?.decision;
  if (last === undefined) {
    const isSent = step.node.kind === "wait" && state.signals.has(step.node.signal);
    const way =
      `; its signal is taken back by having the step take it (resume --only ${id}) and wait anew (rewind ${id})`;
    return `nothing was decided about it${isSent ? way : ""}`;
  }
  if (last === "insert") return `it was inserted: remove ${id} takes it out of the plan`;
  if (last === "rewind") {
    return "to run again from it on cannot be taken back: what had happened is no longer known as such";
  }
  return "something has run since it was decided about, or the decision was taken back already";
}

/** While what has happened is being undone, it is only asked whether there is something to undo. */
function checkUndoDecision(state: State, step: StepState, event: StepDecision): string | undefined {
  const { decision, step: id } = event;
  if (state.rollback?.queue.includes(step) !== true) {
    return "the transaction is being rolled back, and the step is not one to be undone";
  }
  const isToBeUndone = isUndoing(step) || (step.status === "finished" && step.marks?.undo !== "left");
  if (event.decision === "done" && event.given === true && isToBeUndone) return checkValueToUndo(state, step, id);
  if (event.decision === "skip" && isToBeUndone) return undefined;
  if (step.status !== "unknown" && step.status !== "failed" && step.status !== "waiting") {
    return `the transaction is being rolled back, and the step is ${step.status}`;
  }
  if (decision === "retry" && !isUndoing(step)) {
    return "the transaction is being rolled back: say that it did happen (done), and it will be undone, or that it did " +
      "not (skip)";
  }
  if (decision === "done" || decision === "skip" || decision === "retry") return undefined;
  return "the transaction is being rolled back";
}

/** What its undo gets can be given where nothing but somebody's word is known of it. */
function checkValueToUndo(state: State, step: StepState, id: string): string | undefined {
  if (takesValueToUndo(step)) {
    const past = isUndoing(step) ? undefined : findPastUser(state, id);
    return past === undefined ? undefined : `step ${past} has run with its value, or may have`;
  }
  if (!isUndoing(step) || (step.marks?.isGiven !== true && step.marks?.dropped === undefined)) {
    const what = "the transaction is being rolled back, and the step has the value that it returned";
    return isUndoing(step) ? `${what}. Without a result it means: the step is undone` : what;
  }
  return `nobody knows whether its undo has happened with the value that it got: say that first (retry, done or ` +
    `skip), without a result. After retry the value can be given`;
}

function checkUsers(state: State, step: StepState): string | undefined {
  const inside = isGroup(step.node) && step.children !== undefined ? [...walkSteps(step.children)] : [step];
  const ids = new Set(inside.map(({ node }) => node.id));
  for (const part of inside) {
    const { node, status } = part;
    const { id } = node;
    const user = findOpenUser(state, id, ids);
    // What is given anew is finished, and needed all the same.
    if (status === "finished" && part !== step) {
      // It stays: whoever needs the plan that it has returned needs what is still to come in it.
      if (user !== undefined) ids.delete(id);
      continue;
    }
    if (user === undefined) continue;
    const what = id === step.node.id ? "its value" : `the value of step ${id}`;
    const way = node.kind === "wait" ? sendSignal(node.signal) : `say that step ${id} is done, with its result`;
    return `${user} needs ${what}: ${way}`;
  }
  return undefined;
}

function sendSignal(signal: string): string {
  return `send the value with the command signal, as ${JSON.stringify(signal)}`;
}
