import type { Code } from "../plan/node.ts";
import type { Encoded } from "../values/json.ts";
import { referencesOf } from "./references.ts";
import { hasUndo } from "./rollback.ts";
import { findStep, type Rollback, type State } from "./state.ts";
import { type Container, endOfSettled, isComplete, isSettled, isUndoing, type StepState } from "./step_state.ts";
import { encodedArguments } from "./walk_steps.ts";

export type Action =
  /** `sleep`: record when the sleep ends. `pass`: it is over, or the signal has arrived that the step waits for. */
  | { readonly kind: "run" | "undo" | "sleep" | "pass"; readonly step: StepState }
  /** Ask the step's probe for the outcome. */
  | { readonly kind: "probe"; readonly step: StepState; readonly probe: Code };

/** Whether a function of the user is called. */
export function isCall({ kind }: Action): boolean {
  return kind === "run" || kind === "undo" || kind === "probe";
}

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
  const search = new Search(state, options);
  search.visitAll();
  const { next } = search;
  const isAsking = state.rollback !== undefined && next.questions.length > 0;
  if (isAsking || next.questions.some(({ reason }) => reason === "unknown")) {
    return { ...next, actions: next.actions.filter(({ kind }) => kind === "probe") };
  }
  return next;
}

/** What some steps, sleeps and waits that may run can do next. It is left to the caller what a question stops. */
export function nextOfSteps(state: State, steps: Iterable<StepState>, options: NextOptions): NextActions {
  const search = new Search(state, options);
  for (const step of steps) search.visitStep(step);
  return search.next;
}

class Search {
  readonly next: NextActions = { actions: [], timers: [], waits: [], questions: [], held: undefined, isEnd: false };
  readonly #state: State;
  readonly #options: NextOptions;

  constructor(state: State, options: NextOptions) {
    this.#state = state;
    this.#options = options;
  }

  visitAll(): void {
    const { rollback, root, value } = this.#state;
    if (rollback !== undefined) this.#undoLast(rollback);
    else if (isComplete(root)) this.next.isEnd = !this.#asksForValue(value);
    else this.#visitContainer(root, 1);
  }

  /** Asks for the first value that is missing in another one, if there is one. */
  #asksForValue(encoded: Encoded): boolean {
    const step = lostValue(this.#state, encoded);
    if (step !== undefined) this.next.questions.push({ step, reason: "value" });
    return step !== undefined;
  }

  /** Of the nodes that are not settled, the first `limit` may run at the same time. */
  #visitContainer(container: Container | undefined, limit: number): void {
    if (container === undefined || isComplete(container)) return;
    const { children } = container;
    let left = limit;
    for (let position = container.cursor; left > 0 && position < children.length; position += 1) {
      const step = children[position];
      if (step === undefined) continue;
      if (isSettled(step)) {
        position = endOfSettled(container, position) - 1;
        continue;
      }
      this.visitStep(step);
      left -= 1;
    }
  }

  visitStep(step: StepState): void {
    const { node, children } = step;
    const { isWanted, isDue } = this.#options;
    if (isLeaf(step) && isWanted?.(step) === false) return this.#holdBack(step);
    switch (node.kind) {
      case "parallel":
        return this.#visitContainer(children, node.limit ?? Infinity);
      case "sequence":
        return this.#visitContainer(children, 1);
      case "sleep":
        if (step.marks?.dueAt === undefined) this.next.actions.push({ kind: "sleep", step });
        else if (isDue(step)) this.next.actions.push({ kind: "pass", step });
        else this.next.timers.push(step);
        return;
      case "wait":
        return this.#visitWait(step, node.signal);
      case "step":
        if (step.status === "finished" && children !== undefined) this.#visitContainer(children, 1);
        else this.#visitCall(step);
        return;
      default:
        node satisfies never;
    }
  }

  /** An unknown outcome is asked about whether the step is wanted or not. */
  #holdBack(step: StepState): void {
    if (this.#isRunning(step)) return;
    const isOpen = isUnknown(step) && step.marks?.isApproved !== true && interruptedPolicy(step) !== "retry";
    if (isOpen) this.next.questions.push({ step, reason: "unknown" });
    else this.next.held ??= step;
  }

  /** If several steps wait for the same signal at the same time, the first step gets the first one. */
  #visitWait(step: StepState, signal: string): void {
    const taken = this.next.taken?.get(signal) ?? 0;
    if (taken >= (this.#state.signals.get(signal)?.length ?? 0)) return void this.next.waits.push(step);
    this.next.actions.push({ kind: "pass", step });
    (this.next.taken ??= new Map()).set(signal, taken + 1);
  }

  #visitCall(step: StepState): void {
    if (!this.#mayBegin(step)) return;
    const isPlain = step.node.kind === "step" && step.node.argsMeta === undefined;
    const encoded = isPlain ? undefined : encodedArguments(step);
    if (encoded !== undefined && (isBlocked(this.#state, encoded) || this.#asksForValue(encoded))) return;
    this.next.actions.push({ kind: "run", step });
  }

  /** Whether an attempt can begin now: nothing is asked before, and no pause is left. */
  #mayBegin(step: StepState): boolean {
    if (this.#isRunning(step) || (isUnknown(step) && this.#isAnswered(step))) return false;
    if (step.marks?.dueAt === undefined || this.#options.isDue(step)) return true;
    this.next.timers.push(step);
    return false;
  }

  /** Whether a question or a probe comes before an interrupted step can run. */
  #isAnswered(step: StepState): boolean {
    const probe = step.marks?.isApproved === true ? "retry" : interruptedPolicy(step);
    if (probe === "retry") return false;
    const isAsked = probe === "ask" || this.#options.hasNoAnswer?.(step) === true;
    if (isAsked) this.next.questions.push({ step, reason: "unknown" });
    else this.next.actions.push({ kind: "probe", step, probe });
    return true;
  }

  /** Steps are undone one after another, the last first. If one is asked about, all with an unknown outcome are. */
  #undoLast(rollback: Rollback): void {
    const { queue } = rollback;
    if (!rollback.hasValues) {
      const lost = new Set(queue.slice(rollback.cursor).flatMap((step) => lostToUndo(this.#state, step) ?? []));
      this.next.questions.push(...Array.from(lost, (step): Question => ({ step, reason: "value" })));
      rollback.hasValues = lost.size === 0;
    }
    let first = queue[rollback.cursor];
    while (first !== undefined && isUndoOver(first)) first = queue[rollback.cursor += 1];
    if (first === undefined) {
      this.next.isEnd = true;
      return;
    }
    this.#visitUndo(first);
    if (this.next.questions.length === 0) return;
    for (const step of queue.slice(rollback.cursor + 1)) if (isUnknown(step)) this.#visitUndo(step);
  }

  #visitUndo(step: StepState): void {
    if (!this.#mayBegin(step)) return;
    // It may have happened: that is reason enough to ask. That its undo is safe to repeat does not answer it.
    const isAsked = isUnknown(step) && !isUndoing(step) && step.marks?.isApproved !== true;
    if (isAsked) this.next.questions.push({ step, reason: "unknown" });
    else this.next.actions.push({ kind: "undo", step });
  }

  #isRunning({ status }: StepState): boolean {
    return status === "started" && this.#options.isResuming !== true;
  }
}

/** Whether the node itself runs or waits, and not only the nodes in it. */
function isLeaf({ node, status }: StepState): boolean {
  return node.kind === "step" ? status !== "finished" : node.kind === "sleep" || node.kind === "wait";
}

function isUndoOver(step: StepState): boolean {
  const { status, marks } = step;
  return status === "undone" || status === "skipped" || marks?.undo === "left" || !hasUndo(step);
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
  return referencesOf(encoded).flatMap((id) => findStep(state, id) ?? []);
}
