import type { Code } from "../plan/node.ts";
import { findPlaceholders } from "../values/annotations.ts";
import type { Encoded } from "../values/json.ts";
import { hasUndo } from "./rollback.ts";
import { findStep, type Rollback, type State } from "./state.ts";
import { type Container, endOfSettled, isComplete, isSettled, isUndoing, type StepState } from "./step_state.ts";
import { encodedArguments } from "./walk_steps.ts";

export type Action =
  | { readonly kind: "run"; readonly step: StepState }
  | { readonly kind: "undo"; readonly step: StepState }
  /** Ask the step's probe for the outcome. */
  | { readonly kind: "probe"; readonly step: StepState; readonly probe: Code }
  /** Record when this sleep ends. */
  | { readonly kind: "sleep"; readonly step: StepState }
  /** This sleep is over, or the signal has arrived that this step waits for. */
  | { readonly kind: "pass"; readonly step: StepState };

export interface Question {
  readonly step: StepState;
  /** `unknown`: its outcome. `value`: its value. */
  readonly reason: "unknown" | "value";
}

export interface NextActions {
  /** In the order of the plan. */
  readonly actions: Action[];
  readonly timers: StepState[];
  /** Steps that wait for a signal that has not arrived. */
  readonly waits: StepState[];
  readonly questions: Question[];
  /** The first step that is next but not wanted. */
  held: StepState | undefined;
  isEnd: boolean;
  /** How many signals of each name the waits among the actions take. */
  taken?: Map<string, number>;
}

/** What the state alone does not tell. */
export interface NextOptions {
  readonly isDue: (step: StepState) => boolean;
  /** Tells whether a step's probe was asked and has no answer. */
  readonly hasNoAnswer?: (step: StepState) => boolean;
  /** Tells whether a step is eligible in this run; all are unless it is given. */
  readonly isWanted?: (step: StepState) => boolean;
  /** Asks what a resume would find: a step that is started has been interrupted. */
  readonly isResuming?: boolean;
}

/** After this many interrupted attempts in a row, the policy is "ask": perhaps the step itself kills its process. */
export const MAX_INTERRUPTIONS = 3;

/**
 * Decides what a run can do next, beside the steps that are running. If the outcome of a step is unknown and only a person
 * can tell it, nothing else starts. Nothing is undone while a value is missing that an undo function gets. The transaction
 * must not be cancelled, undone or finished.
 */
export function nextActions(state: State, options: NextOptions): NextActions {
  const next = nothingNext();
  if (state.rollback !== undefined) undoLast(state, next, options);
  else if (isComplete(state.root)) addEnd(state, next);
  else visitContainer(state, state.root, 1, next, options);
  const isAsking = state.rollback !== undefined && next.questions.length > 0;
  if (isAsking || next.questions.some(({ reason }) => reason === "unknown")) {
    return { ...next, actions: next.actions.filter(({ kind }) => kind === "probe") };
  }
  return next;
}

function nothingNext(): NextActions {
  return { actions: [], timers: [], waits: [], questions: [], held: undefined, isEnd: false };
}

/** What some steps, sleeps and waits that may run can do next. It is left to the caller what a question stops. */
export function nextOfSteps(state: State, steps: Iterable<StepState>, options: NextOptions): NextActions {
  const next = nothingNext();
  for (const step of steps) visitStep(state, step, next, options);
  return next;
}

function addEnd(state: State, next: NextActions): void {
  const lost = lostValue(state, state.value);
  if (lost === undefined) next.isEnd = true;
  else next.questions.push({ step: lost, reason: "value" });
}

/** Of the nodes that are not settled, the first `limit` may run at the same time. */
function visitContainer(
  state: State,
  container: Container,
  limit: number,
  next: NextActions,
  options: NextOptions,
): void {
  if (isComplete(container)) return;
  const { children } = container;
  let left = limit;
  for (let position = container.cursor; left > 0 && position < children.length; position += 1) {
    const step = children[position];
    if (step === undefined) continue;
    if (isSettled(step)) {
      position = endOfSettled(container, position) - 1;
      continue;
    }
    visitStep(state, step, next, options);
    left -= 1;
  }
}

function visitStep(state: State, step: StepState, next: NextActions, options: NextOptions): void {
  const { node, children } = step;
  if (isLeaf(step) && options.isWanted?.(step) === false) return holdBack(step, next, options);
  switch (node.kind) {
    case "parallel":
      if (children !== undefined) visitContainer(state, children, node.limit ?? Infinity, next, options);
      return;
    case "sequence":
      if (children !== undefined) visitContainer(state, children, 1, next, options);
      return;
    case "sleep":
      if (step.marks?.dueAt === undefined) next.actions.push({ kind: "sleep", step });
      else if (options.isDue(step)) next.actions.push({ kind: "pass", step });
      else next.timers.push(step);
      return;
    case "wait":
      if (state.signals.has(node.signal)) takeSignal(state, step, next);
      else next.waits.push(step);
      return;
    case "step":
      if (step.status === "finished" && children !== undefined) visitContainer(state, children, 1, next, options);
      else visitCall(state, step, next, options);
      return;
    default:
      node satisfies never;
  }
}

/** Whether the node itself runs or waits, and not only the nodes in it. */
function isLeaf({ node, status }: StepState): boolean {
  return node.kind === "step" ? status !== "finished" : node.kind === "sleep" || node.kind === "wait";
}

/** An unknown outcome is asked about whether the step is wanted or not. */
function holdBack(step: StepState, next: NextActions, options: NextOptions): void {
  if (isRunning(step, options)) return;
  const isOpen = isUnknown(step) && step.marks?.isApproved !== true && interruptedPolicy(step) !== "retry";
  if (isOpen) next.questions.push({ step, reason: "unknown" });
  else next.held ??= step;
}

/** If several steps wait for the same signal at the same time, the first step gets the first one. */
function takeSignal(state: State, step: StepState, next: NextActions): void {
  if (step.node.kind !== "wait") return;
  const { signal } = step.node;
  const taken = next.taken?.get(signal) ?? 0;
  if (taken >= (state.signals.get(signal)?.length ?? 0)) return void next.waits.push(step);
  next.actions.push({ kind: "pass", step });
  next.taken ??= new Map();
  next.taken.set(signal, taken + 1);
}

function visitCall(state: State, step: StepState, next: NextActions, options: NextOptions): void {
  if (isRunning(step, options)) return;
  if (isUnknown(step) && isAnswered(step, next, options)) return;
  if (step.marks?.dueAt !== undefined && !options.isDue(step)) {
    next.timers.push(step);
    return;
  }
  if (step.node.kind === "step" && step.node.argsMeta === undefined) {
    next.actions.push({ kind: "run", step });
    return;
  }
  const encoded = encodedArguments(step);
  if (isBlocked(state, encoded)) return;
  const lost = lostValue(state, encoded);
  if (lost === undefined) next.actions.push({ kind: "run", step });
  else next.questions.push({ step: lost, reason: "value" });
}

/** Whether a question or a probe comes before an interrupted step can run. */
function isAnswered(step: StepState, next: NextActions, options: NextOptions): boolean {
  if (step.marks?.isApproved === true) return false;
  const policy = interruptedPolicy(step);
  if (policy === "retry") return false;
  if (policy === "ask" || options.hasNoAnswer?.(step) === true) next.questions.push({ step, reason: "unknown" });
  else next.actions.push({ kind: "probe", step, probe: policy });
  return true;
}

/** Steps are undone one after another, the last first. */
function undoLast(state: State, next: NextActions, options: NextOptions): void {
  const { rollback } = state;
  if (rollback === undefined) return;
  if (!rollback.hasValues) {
    const lost = new Set(rollback.queue.slice(rollback.cursor).flatMap((step) => lostToUndo(state, step) ?? []));
    next.questions.push(...Array.from(lost, (step): Question => ({ step, reason: "value" })));
    rollback.hasValues = lost.size === 0;
  }
  for (;;) {
    const step = rollback.queue[rollback.cursor];
    if (step === undefined) {
      next.isEnd = true;
      return;
    }
    const isOver = step.status === "undone" || step.status === "skipped" || step.marks?.undo === "left" ||
      !hasUndo(step);
    if (!isOver) return visitUndos(rollback, step, next, options);
    rollback.cursor += 1;
  }
}

/**
 * The step whose value was lost when it was to be stored, and whose undo function, or that of the step that returned its
 * plan, gets it. A person who says that a step is done without a value has decided that there is none.
 */
export function lostToUndo(state: State, step: StepState): StepState | undefined {
  if (step.status !== "finished" || isUndoing(step) || step.marks?.undo === "left") return undefined;
  if (isLost(step)) return step;
  // The value of a plan of which a part has not finished does not exist.
  if (step.children === undefined || isBlocked(state, step.value ?? {})) return undefined;
  return lostValue(state, step.value ?? {}, isLost);
}

function isLost({ marks }: StepState): boolean {
  return marks?.dropped !== undefined && marks.isGiven !== true;
}

/** If one step is asked about, all steps with an unknown outcome are. */
function visitUndos({ queue, cursor }: Rollback, first: StepState, next: NextActions, options: NextOptions): void {
  visitUndo(first, next, options);
  if (next.questions.length === 0) return;
  for (const step of queue.slice(cursor + 1)) {
    if (isUnknown(step)) visitUndo(step, next, options);
  }
}

function visitUndo(step: StepState, next: NextActions, options: NextOptions): void {
  if (isRunning(step, options)) return;
  if (isUnknown(step) && isAnswered(step, next, options)) return;
  if (step.marks?.dueAt !== undefined && !options.isDue(step)) next.timers.push(step);
  // It may have happened: that is reason enough to ask. That its undo is safe to repeat does not answer it.
  else if (isUnknown(step) && !isUndoing(step) && step.marks?.isApproved !== true) {
    next.questions.push({ step, reason: "unknown" });
  } else next.actions.push({ kind: "undo", step });
}

function isRunning({ status }: StepState, { isResuming }: NextOptions): boolean {
  return status === "started" && isResuming !== true;
}

/** Of a step that is not running: whether its outcome is unknown. */
function isUnknown({ status }: StepState): boolean {
  return status === "unknown" || status === "started";
}

/** What happens to an interrupted step without a decision. A step that is started counts as interrupted. */
export function interruptedPolicy({ node, status, marks }: StepState): "ask" | "retry" | Code {
  const interruptions = marks?.interruptions ?? 0;
  const inARow = status === "started" ? interruptions + 1 : interruptions;
  if (node.kind !== "step" || inARow >= MAX_INTERRUPTIONS) return "ask";
  return node.options?.interrupted ?? "ask";
}

/** Whether a value refers to a step that is not settled: it runs in another branch. */
function isBlocked(state: State, encoded: Encoded): boolean {
  return refsOf(state, encoded).some((step) => !isSettled(step));
}

/** The first step that a value refers to and whose own value is missing. */
function lostValue(
  state: State,
  encoded: Encoded,
  isMissing: (step: StepState) => boolean = hasNoValue,
  seen = new Set<StepState>(),
): StepState | undefined {
  for (const step of refsOf(state, encoded)) {
    // Plans within plans may name one value many times over.
    if (seen.has(step)) continue;
    seen.add(step);
    if (isMissing(step)) return step;
    // What a plan returned is made of the values of its steps.
    const lost = step.children === undefined ? undefined : lostValue(state, step.value ?? {}, isMissing, seen);
    if (lost !== undefined) return lost;
  }
  return undefined;
}

function hasNoValue({ marks, status }: StepState): boolean {
  return marks?.dropped !== undefined || status === "skipped";
}

function refsOf(state: State, encoded: Encoded): readonly StepState[] {
  if (encoded.meta === undefined) return [];
  return findPlaceholders(encoded).flatMap((placeholder) => {
    const step = placeholder.kind === "ref" ? findStep(state, placeholder.step) : undefined;
    return step === undefined ? [] : [step];
  });
}
