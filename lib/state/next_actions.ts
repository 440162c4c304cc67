import type { Code } from "../plan/node.ts";
import { findPlaceholders } from "../values/annotations.ts";
import type { Encoded } from "../values/json.ts";
import { hasUndo } from "./rollback.ts";
import { findStep, type Rollback, type State } from "./state.ts";
import { type Container, isComplete, isSettled, isUndoing, type StepState } from "./step_state.ts";
import { encodedArguments } from "./walk_steps.ts";

/** Something that a run can do now. */
export type Action =
  /** Start this step. */
  | { readonly kind: "run"; readonly step: StepState }
  /** Start to undo this step. */
  | { readonly kind: "undo"; readonly step: StepState }
  /** Ask the step's probe how it ended. */
  | { readonly kind: "probe"; readonly step: StepState; readonly probe: Code }
  /** Write down until when this sleep lasts. */
  | { readonly kind: "sleep"; readonly step: StepState }
  /** This sleep is over, or the signal is there that this step waits for. */
  | { readonly kind: "pass"; readonly step: StepState };

/** Something that somebody must say before the run can go on. */
export interface Question {
  /** The step that it is about. */
  readonly step: StepState;
  /** `unknown`: how the step ended. `value`: what its value was. */
  readonly reason: "unknown" | "value";
}

/** What a run can do, and what it waits for. */
export interface NextActions {
  /** What can be done now, in the order of the plan. */
  readonly actions: Action[];
  /** Steps that are not due yet. */
  readonly timers: StepState[];
  /** Steps that wait for a signal which is not there. */
  readonly waits: StepState[];
  /** What must be said. */
  readonly questions: Question[];
  /** The first step that would come next, and is not wanted. */
  held: StepState | undefined;
  /** Nothing is left to do at all. */
  isEnd: boolean;
}

/** What the state alone does not tell. */
export interface NextOptions {
  /** Tells whether a step's time has come. */
  readonly isDue: (step: StepState) => boolean;
  /** Tells whether a step's probe was asked, and does not know. */
  readonly hasNoAnswer?: (step: StepState) => boolean;
  /** Tells whether a step is eligible in this run; all are unless it is given. */
  readonly isWanted?: (step: StepState) => boolean;
  /** Answers what a run would find that resumes now: a step that is started has been interrupted. */
  readonly isResuming?: boolean;
}

/** So many interrupted attempts in a row: then the author's policy becomes "ask", in case it is the step that kills its process. */
export const MAX_INTERRUPTIONS = 3;

/**
 * Decides what a run can do next. Steps that are at work count as such: what may begin beside them is named, and nothing
 * else. As soon as nobody knows how some step ended, and only a person can say, nothing else begins.
 *
 * @param state What is true now. Its transaction is not cancelled, undone or finished.
 */
export function nextActions(state: State, options: NextOptions): NextActions {
  const next: NextActions = { actions: [], timers: [], waits: [], questions: [], held: undefined, isEnd: false };
  if (state.rollback !== undefined) undoLast(state, next, options);
  else if (isComplete(state.root)) addEnd(state, next);
  else visitContainer(state, state.root, 1, next, options);
  if (next.questions.some(({ reason }) => reason === "unknown")) {
    return { ...next, actions: next.actions.filter(({ kind }) => kind === "probe") };
  }
  return next;
}

function addEnd(state: State, next: NextActions): void {
  const lost = lostValue(state, state.value);
  if (lost === undefined) next.isEnd = true;
  else next.questions.push({ step: lost, reason: "value" });
}

/** The first nodes that are not done may be at work, so many of them at the same time. */
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
    if (step === undefined || isSettled(step)) continue;
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

/** Whether it has a turn of its own: otherwise the nodes in it have theirs. */
function isLeaf({ node, status }: StepState): boolean {
  return node.kind === "step" ? status !== "finished" : node.kind === "sleep" || node.kind === "wait";
}

/** What nobody knows the end of has to be asked about, whatever is wanted. */
function holdBack(step: StepState, next: NextActions, options: NextOptions): void {
  if (isRunning(step, options)) return;
  const isOpen = isUnknown(step) && step.marks?.isApproved !== true && interruptedPolicy(step) !== "retry";
  if (isOpen) next.questions.push({ step, reason: "unknown" });
  else next.held ??= step;
}

/** Of several that wait for the same signal side by side the first gets the first. */
function takeSignal(state: State, step: StepState, next: NextActions): void {
  if (step.node.kind !== "wait") return;
  const { signal } = step.node;
  const taken = next.actions.filter(({ kind, step: { node } }) =>
    kind === "pass" && node.kind === "wait" && node.signal === signal
  );
  if (taken.length < (state.signals.get(signal)?.length ?? 0)) next.actions.push({ kind: "pass", step });
  else next.waits.push(step);
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

/** Whether something else comes before a step that nobody knows the end of may run. */
function isAnswered(step: StepState, next: NextActions, options: NextOptions): boolean {
  if (step.marks?.isApproved === true) return false;
  const policy = interruptedPolicy(step);
  if (policy === "retry") return false;
  if (policy === "ask" || options.hasNoAnswer?.(step) === true) next.questions.push({ step, reason: "unknown" });
  else next.actions.push({ kind: "probe", step, probe: policy });
  return true;
}

/** One after the other, the last first. */
function undoLast(state: State, next: NextActions, options: NextOptions): void {
  const { rollback } = state;
  if (rollback === undefined) return;
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

/** Whoever is asked about one step is asked about all of which nobody knows the end. */
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
  // That it may have happened is reason enough to ask; that its undo is safe to repeat says nothing of that.
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

/** What happens to an interrupted step that nobody has decided about. A step that is started counts as interrupted. */
export function interruptedPolicy({ node, status, marks }: StepState): "ask" | "retry" | Code {
  const interruptions = marks?.interruptions ?? 0;
  const inARow = status === "started" ? interruptions + 1 : interruptions;
  if (node.kind !== "step" || inARow >= MAX_INTERRUPTIONS) return "ask";
  return node.options?.interrupted ?? "ask";
}

/** Whether a step that a value refers to has not come to its end: it runs in another branch. */
function isBlocked(state: State, encoded: Encoded): boolean {
  return refsOf(state, encoded).some((step) => !isSettled(step));
}

/** The first step that a value refers to and whose own value is not there. */
function lostValue(state: State, encoded: Encoded, seen = new Set<StepState>()): StepState | undefined {
  for (const step of refsOf(state, encoded)) {
    // Plans within plans may name one value many times over.
    if (seen.has(step)) continue;
    seen.add(step);
    if (step.marks?.dropped !== undefined || step.status === "skipped") return step;
    // What a plan returned is made of the values of its steps.
    const lost = step.children === undefined ? undefined : lostValue(state, step.value ?? {}, seen);
    if (lost !== undefined) return lost;
  }
  return undefined;
}

function refsOf(state: State, encoded: Encoded): readonly StepState[] {
  if (encoded.meta === undefined) return [];
  return findPlaceholders(encoded).flatMap((placeholder) => {
    const step = placeholder.kind === "ref" ? findStep(state, placeholder.step) : undefined;
    return step === undefined ? [] : [step];
  });
}
