import type { Decided } from "../journal/decided.ts";
import { checkReferences } from "./check_references.ts";
import { checkRewind } from "./check_rewind.ts";
import { findBegun } from "./has_happened.ts";
import { isGroup } from "./is_complete.ts";
import { findStep, type Rollback, type State } from "./state.ts";
import type { StepState } from "./step_state.ts";
import { lastDecision, laterDecided } from "./undecide.ts";
import { findMissingPart, findOpenUser, findPastUser } from "./value_users.ts";
import { walkSteps } from "./walk_steps.ts";

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
  if (step === undefined) {
    return `the plan has no such step: it has steps ${
      idRange(state)
    }, and those with a name of their own go by it, too`;
  }
  if (decision.decision === "rewind") return checkRewind(state, step);
  if (decision.decision === "undecide") return checkUndecide(state, step);
  if (state.rollback !== undefined) return checkUndoDecision(state.rollback, step, decision);
  return checkStatus(state, step, decision) ?? checkMeaning(state, step, decision);
}

/** What a step is may leave nothing to decide. */
function checkStatus(state: State, step: StepState, decision: StepDecision): string | undefined {
  switch (step.status) {
    case "finished":
      return checkFinished(state, step, decision);
    case "skipped":
      if (step.isRemoved === true) {
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
  return `it is a ${step.node.kind}: leave it out with --skip ${decision.step}`;
}

/** What has happened stays so; but a value may be given that was lost, or that was given wrongly. */
function checkFinished(state: State, step: StepState, decision: StepDecision): string | undefined {
  if (decision.decision !== "done") return "it is finished, and nothing that has happened can be decided otherwise";
  if (step.isGiven === true) {
    const past = findPastUser(state, decision.step);
    return past === undefined ? undefined : `step ${past} has run with its value, or may have`;
  }
  if (step.dropped === undefined) return "it is finished, and nothing that has happened can be decided otherwise";
  return decision.given === true ? undefined : "it is finished, and what is missing is its result: add --result";
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
      const { value, valueMeta: meta } = decision;
      const given = { ...(value === undefined ? {} : { value }), ...(meta === undefined ? {} : { meta }) };
      const missing = findMissingPart(state, decision.step, given);
      return missing === undefined ? undefined : `of the result, ${missing}`;
    }
    case "edit": {
      const { args: value, argsMeta: meta } = decision;
      return checkReferences(state, decision.step, { value, ...(meta === undefined ? {} : { meta }) });
    }
    default:
      return undefined;
  }
}

function checkUntouched(step: StepState): string | undefined {
  const begun = findBegun(step);
  if (begun === undefined) return undefined;
  const { id } = step.node;
  const what = begun === step ? "it" : `step ${begun.node.id} in it`;
  return `${what} has been begun, and stays in the plan: leave it out with --skip ${id}`;
}

function checkUndecide(state: State, step: StepState): string | undefined {
  const later = laterDecided(state, step)?.node.id;
  if (later !== undefined) return `step ${later} was decided about later: take that back first, with undecide ${later}`;
  if (lastDecision(state, step) !== undefined) return undefined;
  const { id } = step.node;
  const last = step.decisions?.at(-1)?.decision;
  if (last === undefined) return "nothing was decided about it";
  if (last === "insert") return `it was inserted: remove ${id} takes it out of the plan`;
  if (last === "rewind") {
    return "to run again from it on cannot be taken back: what had happened is no longer known as such";
  }
  return "something has run since it was decided about, or the decision was taken back already";
}

/** While what has happened is being undone, it is only asked whether there is something to undo. */
function checkUndoDecision(
  { queue }: Rollback,
  step: StepState,
  { decision, step: id }: StepDecision,
): string | undefined {
  if (!queue.includes(step)) return "the transaction is being rolled back, and the step is not one to be undone";
  if (step.status !== "unknown" && step.status !== "failed" && step.status !== "waiting") {
    return `the transaction is being rolled back, and the step is ${step.status}`;
  }
  if (decision === "retry" && step.isUndoing !== true) {
    return `the transaction is being rolled back: say with --done ${id} that it did happen, and shall be undone, or ` +
      `with --skip ${id} that it did not`;
  }
  if (decision === "done" || decision === "skip" || decision === "retry") return undefined;
  return "the transaction is being rolled back";
}

function checkUsers(state: State, step: StepState): string | undefined {
  const left = isGroup(step.node) && step.children !== undefined ? [...walkSteps(step.children)] : [step];
  const ids = new Set(left.map(({ node }) => node.id));
  for (const { node: { id }, status } of left) {
    // What is given anew is finished, and needed all the same.
    const user = status === "finished" && id !== step.node.id ? undefined : findOpenUser(state, id, ids);
    if (user !== undefined) {
      return `${user} needs ${
        id === step.node.id ? "its value" : `the value of step ${id}`
      }. Use --done ${id} --result JSON`;
    }
  }
  return undefined;
}

function idRange(state: State): string {
  const { children } = state.root;
  const first = children[0]?.node.id;
  const last = children.at(-1)?.node.id;
  return first === undefined ? "none" : `${first} to ${last}`;
}
