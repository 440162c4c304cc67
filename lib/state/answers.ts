import type { Decided } from "../journal/event.ts";
import { readArguments, readValue } from "../journal/stored_value.ts";
import { isGroup, type PlanNode } from "../plan/node.ts";
import { checkReferences, findMissingPart, findOpenUser, findPastUser } from "./references.ts";
import { lastDecision, laterDecided, rewoundSteps } from "./revert.ts";
import { stepsToUndo, takesValueToUndo } from "./rollback.ts";
import { type ClosedStatus, findStep, isClosed, mayVisit, type State } from "./state.ts";
import { isUndoing, type StepState, type StepStatus } from "./step_state.ts";
import { findBegun, hasHappened, isUntouched, nodesAround, partsOf, stepsAfter } from "./walk_steps.ts";

/** What can be said about a step. `give` is `done` with a value; `insert` adds a step after it; `signal` is for a wait. */
export type StepAnswer = StepDecision["decision"] | "give" | "insert" | "signal";

export type TransactionAnswer = "resume" | "rollback" | "cancel" | "signal" | "stop";

export type StepDecision = Extract<Decided, { readonly step: string }>;

/** Refusals that say everything. */
type PlainCode = "rolling back" | "nothing to undo" | "nothing begun" | "too many decisions" | "undone";
/** Those about the step alone: what it is, what was decided about it, and its value. */
type StatusCode = "no such step" | "finished" | "removed" | "skipped" | "inserted" | "no wait" | "signal sent";
type DecisionCode = "said done" | "nothing decided" | "rewound" | "run since" | "not to be undone" | "not to be run";
type ValueCode = "lacks its value" | "value returned" | "undo has its value" | "undo unknown";
/** Those that have another step as their reason. */
type OtherCode = "value used" | "decided later" | "inside skipped" | "happened after";

type OfStep = Readonly<Record<"step", string>>;
type OfOther = Readonly<Record<"step" | "other", string>>;

interface Refusals
  extends
    Record<PlainCode, unknown>,
    Record<StatusCode | DecisionCode | ValueCode, OfStep>,
    Record<OtherCode, OfOther>,
    Record<"bad value" | "bad arguments", { readonly detail: string }> {
  readonly "begun": OfOther & { readonly canSkip: boolean };
  /** The arguments of a step whose outcome is unknown were changed: its undo would get those that it did not have. */
  readonly "edited": OfStep & { readonly isRollback: boolean };
  readonly "closed": { readonly status: ClosedStatus };
  readonly "not open": { readonly status: StepStatus };
  readonly "no function": {
    readonly kind: PlanNode["kind"];
    readonly signal: string | undefined;
    readonly canSkip: boolean;
  };
  /** `user` needs the value of `other`, which `signal` brings if it is a wait. */
  readonly "needed": OfOther & { readonly user: string; readonly signal: string | undefined };
}

export type RefusalCode = keyof Refusals;

/** Why an answer cannot be taken now. The messages room puts it into words. */
export type Refusal<Code extends RefusalCode = RefusalCode> = {
  readonly [K in Code]: { readonly code: K } & Refusals[K];
}[Code];

const ROLLING_BACK: Refusal = { code: "rolling back" };
const TOO_MANY: Refusal = { code: "too many decisions" };
/** How often the plan may still be visited after a decision: a rollback, for one, is never refused. */
const SPARE_VISITS = 32;

/** Tells why a transaction cannot take an answer; nothing if it can. */
export function checkTransactionAnswer(state: State, answer: TransactionAnswer): Refusal | undefined {
  const { status, rollback } = state;
  switch (answer) {
    case "resume":
      // Resuming a finished transaction returns its value.
      return status === "cancelled" || status === "undone" ? { code: "closed", status } : undefined;
    case "rollback":
      if (rollback !== undefined || stepsToUndo(state, undefined).length > 0) return undefined;
      return { code: "nothing to undo" };
    case "stop":
      return checkOpen(state);
    case "cancel":
    case "signal":
      return checkOpen(state) ?? (rollback === undefined ? undefined : ROLLING_BACK);
    default:
      return answer satisfies never;
  }
}

/** Tells why a decision cannot be taken; nothing if it can. Looks at the value or the arguments in it, too. */
export function checkDecision(state: State, decision: StepDecision): Refusal | undefined {
  const step = findStep(state, decision.step);
  if (step === undefined) return { code: "no such step", step: decision.step };
  return checkAnswer(state, step, answerOf(decision)) ?? checkContent(state, decision);
}

export function answerOf(decision: StepDecision): StepAnswer {
  return decision.decision === "done" && decision.given === true ? "give" : decision.decision;
}

/** Tells why a step cannot take an answer; nothing if it can. A step that is `started` counts as interrupted. */
export function checkAnswer(state: State, step: StepState, answer: StepAnswer): Refusal | undefined {
  if (!hasRoom(state, step, answer)) return TOO_MANY;
  if (answer === "rewind") return checkRewind(state, step);
  if (answer === "insert") return checkInsert(state, step.node.id);
  if (answer === "signal" && step.node.kind !== "wait") return { code: "no wait", step: step.node.id };
  if (answer === "signal") return checkTransactionAnswer(state, "signal");
  const closed = checkOpen(state);
  if (closed !== undefined) return closed;
  if (answer === "undecide") return checkUndecide(state, step);
  return checkStanding(state, step, answer) ?? checkEdited(state, step, answer) ??
    (state.rollback === undefined ? checkUse(state, step, answer) : undefined);
}

/** Is told of each node that is looked at. */
type Visit = (step: StepState) => void;

/** Tells why a step is not in a state for an answer; nothing if it is. Whether others need its value is not looked at. */
export function checkStanding(state: State, step: StepState, answer: StepAnswer, visit?: Visit): Refusal | undefined {
  const check = state.rollback === undefined ? checkStatus : checkInRollback;
  return check(state, step, answer, visit);
}

/** Whether a decision that concerns more than one step may still be taken. */
function hasRoom(state: State, step: StepState | undefined, answer: StepAnswer): boolean {
  const isSmall = step?.node.kind === "step" && step.status !== "finished" && answer !== "edit";
  if (answer === "signal" || (isSmall && answer !== "rewind" && answer !== "insert")) return true;
  return mayVisit(state, SPARE_VISITS * state.byId.added);
}

/** Tells why a step cannot be inserted after another, or before all others; nothing if it can. */
export function checkInsert(state: State, after: string | undefined, visit?: Visit): Refusal | undefined {
  const closed = checkOpen(state);
  if (closed !== undefined) return closed;
  const step = after ?? "";
  if (after !== undefined && findStep(state, after) === undefined) return { code: "no such step", step };
  if (state.rollback !== undefined) return ROLLING_BACK;
  if (visit === undefined && !hasRoom(state, undefined, "insert")) return TOO_MANY;
  // It would never run in a group that is left out.
  const skipped = nodesAround(state, step).find(({ status }) => status === "skipped")?.node.id;
  if (skipped !== undefined) return { code: "inside skipped", step, other: skipped };
  for (const later of stepsAfter(state, after)) {
    visit?.(later);
    if (hasHappened(later)) return { code: "happened after", step, other: later.node.id };
  }
  return undefined;
}

function checkOpen({ status }: State): Refusal | undefined {
  return isClosed(status) ? { code: "closed", status } : undefined;
}

function checkRewind(state: State, step: StepState): Refusal | undefined {
  if (state.rollback !== undefined) return ROLLING_BACK;
  const closed = state.status === "finished" ? undefined : checkOpen(state);
  if (closed !== undefined) return closed;
  return rewoundSteps(state, step).every(isUntouched) ? { code: "nothing begun" } : undefined;
}

function checkUndecide(state: State, step: StepState): Refusal | undefined {
  const { node } = step;
  const later = laterDecided(state, step)?.node.id;
  if (later !== undefined) return { code: "decided later", step: node.id, other: later };
  if (lastDecision(state, step) !== undefined) return undefined;
  const last = step.decisions?.at(-1)?.decision;
  if (last === "insert") return { code: "inserted", step: node.id };
  if (last === "rewind") return { code: "rewound", step: node.id };
  if (last !== undefined) return { code: "run since", step: node.id };
  const isSent = node.kind === "wait" && state.signals.has(node.signal);
  return { code: isSent ? "signal sent" : "nothing decided", step: node.id };
}

/** In a rollback, the only question is whether there is something to undo. */
function checkInRollback(state: State, step: StepState, answer: StepAnswer, visit?: Visit): Refusal | undefined {
  const { id } = step.node;
  if (answer === "edit" || answer === "remove") return ROLLING_BACK;
  // The undo of the step that returned its plan may need its value.
  if (answer === "give" && step.status === "finished" && takesValueToUndo(step)) return checkUnused(state, id, visit);
  if (state.rollback?.queued.has(step) !== true) return { code: "not to be undone", step: id };
  if (isUndoing(step) || (step.status === "finished" && step.marks?.undo !== "left")) {
    if (answer === "give") return checkValueToUndo(state, step, visit);
    if (answer === "skip") return undefined;
  }
  const status = step.status === "started" ? "unknown" : step.status;
  if (status !== "unknown" && status !== "failed" && status !== "waiting") return { code: "not open", status };
  return answer === "retry" && !isUndoing(step) ? { code: "not to be run", step: id } : undefined;
}

/** Not looked at when a journal is read: an older version has accepted it. */
function checkEdited({ rollback }: State, step: StepState, answer: StepAnswer): Refusal | undefined {
  if ((answer !== "done" && answer !== "give") || step.marks?.isEdited !== true || isUndoing(step)) return undefined;
  return { code: "edited", step: step.node.id, isRollback: rollback !== undefined };
}

/** A person can give the value for an undo unless the step itself has returned it. */
function checkValueToUndo(state: State, step: StepState, visit?: Visit): Refusal | undefined {
  const { node: { id }, marks = {} } = step;
  if (takesValueToUndo(step)) return isUndoing(step) ? undefined : checkUnused(state, id, visit);
  if (!isUndoing(step)) return { code: "value returned", step: id };
  return {
    code: marks.isGiven !== true && marks.dropped === undefined ? "undo has its value" : "undo unknown",
    step: id,
  };
}

function checkUnused(state: State, step: string, visit?: Visit): Refusal | undefined {
  const past = findPastUser(state, step, visit);
  return past === undefined ? undefined : { code: "value used", step, other: past };
}

function checkStatus(state: State, step: StepState, answer: StepAnswer, visit?: Visit): Refusal | undefined {
  const { node, status } = step;
  const isDone = answer === "done" || answer === "give";
  if (status === "finished") return checkFinished(state, step, answer, visit);
  if (status === "undone") return { code: "undone" };
  if (status === "skipped" && step.marks?.isRemoved === true) return { code: "removed", step: node.id };
  if (status === "skipped" && !isDone) return { code: "skipped", step: node.id };
  if (node.kind === "step" || answer === "skip" || answer === "remove") return undefined;
  const signal = node.kind === "wait" ? node.signal : undefined;
  return { code: "no function", kind: node.kind, signal, canSkip: checkUsers(state, step) === undefined };
}

/** A finished step stays finished. A value that was lost, or that a person gave, can be given again. */
function checkFinished(state: State, step: StepState, answer: StepAnswer, visit?: Visit): Refusal | undefined {
  const { node: { id }, marks: { isGiven, dropped } = {} } = step;
  if ((answer === "done" || answer === "give") && isGiven === true) return checkUnused(state, id, visit);
  if (dropped !== undefined && answer === "give") return undefined;
  if (dropped !== undefined && answer === "done") return { code: "lacks its value", step: id };
  return { code: lastDecision(state, step)?.decision === "done" ? "said done" : "finished", step: id };
}

/** The values that other steps need must stay available. */
function checkUse(state: State, step: StepState, answer: StepAnswer): Refusal | undefined {
  if (answer === "done" || answer === "skip") return checkUsers(state, step);
  if (answer !== "remove") return undefined;
  const begun = findBegun(step)?.node.id;
  const needed = checkUsers(state, step);
  if (begun === undefined) return needed;
  return { code: "begun", step: step.node.id, other: begun, canSkip: needed === undefined };
}

function checkContent(state: State, decision: StepDecision): Refusal | undefined {
  if (decision.decision === "edit") {
    const detail = checkReferences(state, decision.step, readArguments(decision));
    return detail === undefined ? undefined : { code: "bad arguments", detail };
  }
  if (decision.decision !== "done" || decision.given !== true || state.rollback !== undefined) return undefined;
  const detail = findMissingPart(state, decision.step, readValue(decision));
  return detail === undefined ? undefined : { code: "bad value", detail };
}

function checkUsers(state: State, step: StepState): Refusal | undefined {
  const inside = isGroup(step.node) ? partsOf(step).slice(1) : [step];
  const ids = new Set(inside.map(({ node }) => node.id));
  for (const part of inside) {
    const { node, status } = part;
    const user = findOpenUser(state, node.id, ids);
    // A step whose value is given again is finished, and its value is still needed.
    if (status === "finished" && part !== step) {
      // It stays. A step that needs the plan that it returned needs the open steps of that plan.
      if (user !== undefined) ids.delete(node.id);
      continue;
    }
    const signal = node.kind === "wait" ? node.signal : undefined;
    if (user !== undefined) return { code: "needed", step: step.node.id, other: node.id, user, signal };
  }
  return undefined;
}
