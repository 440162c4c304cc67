import { isGroup } from "../../plan/node.ts";
import { applyEvent } from "../../state/apply_event.ts";
import { type Action, type NextActions, nextActions, nextOfSteps } from "../../state/next_actions.ts";
import { referencesOf } from "../../state/references.ts";
import type { State } from "../../state/state.ts";
import { type Container, isComplete, isSettled, type StepState } from "../../state/step_state.ts";
import { encodedArguments, parentId, walkSteps } from "../../state/walk_steps.ts";

export interface PlayOptions {
  /** Steps do not wait for a retry delay. */
  readonly skipsRetryDelay: boolean;
  /** If nothing else is left to do, a sleep longer than this would end the run, in milliseconds. */
  readonly maxIdleMs?: number | undefined;
  /** Which steps are eligible; all unless it is given. */
  readonly isWanted?: ((step: StepState) => boolean) | undefined;
}

/**
 * Plays a run through in the state: every step that would start is assumed to finish at once, and only waiting takes time.
 *
 * @param begin Called with each action before it is taken.
 * @returns What is left when nothing can begin any more; nothing if the transaction had finished before.
 */
export function playThrough(
  state: State,
  options: PlayOptions,
  begin: (action: Action) => void,
): NextActions | undefined {
  if (state.status === "finished") return undefined;
  return state.rollback === undefined ? new Play(state, options, begin).run() : playRollback(state, begin);
}

/** Steps are undone one after another, and a pause between two attempts is always waited for. */
function playRollback(state: State, begin: (action: Action) => void): NextActions {
  for (;;) {
    const next = nextActions(state, { isDue: () => true });
    if (next.actions.length === 0) return next;
    for (const action of next.actions) {
      begin(action);
      pretend(state, action, Date.now());
    }
  }
}

/** Looks at each node when its turn comes, and not again for each node beside it: a group may have very many. */
class Play {
  readonly #state: State;
  readonly #options: PlayOptions;
  readonly #begin: (action: Action) => void;
  /** Steps, sleeps and waits whose turn has come, and that are to be looked at. */
  #ready: StepState[] = [];
  readonly #order = new Map<StepState, number>();
  /** How many children of a container have had their turn. */
  readonly #passed = new Map<Container, number>();
  /** Steps that need the value of a step in another branch, by that step, and how many values each still lacks. */
  readonly #blocked = new Map<StepState, { readonly step: StepState; lacks: number }[]>();
  /** What waits until a time. Steps are among them that wait for another attempt: for these a run always waits. */
  #timers: Timer | undefined;
  #pauses = 0;
  readonly #over = new Set<StepState>();
  #now = Date.now();

  constructor(state: State, options: PlayOptions, begin: (action: Action) => void) {
    this.#state = state;
    this.#options = options;
    this.#begin = begin;
    for (const step of walkSteps(state.root)) this.#order.set(step, this.#order.size);
  }

  run(): NextActions {
    const isDue = (step: StepState) => this.#isDue(step);
    const { isWanted } = this.#options;
    let [isAsking, isUnknown] = [false, false];
    this.#open(this.#state.root, 1);
    do {
      while (this.#ready.length > 0) {
        const steps = this.#ready.sort((a, b) => this.#placeOf(a) - this.#placeOf(b));
        this.#ready = [];
        const { actions, timers, questions } = nextOfSteps(this.#state, steps, { isDue, isWanted });
        for (const step of timers) this.#addTimer(step);
        const going = new Set([...timers, ...actions.map(({ step }) => step)]);
        for (const step of steps) if (!going.has(step)) this.#noteBlocked(step);
        isAsking ||= questions.length > 0;
        isUnknown ||= questions.some(({ reason }) => reason === "unknown");
        for (const action of actions) if (!isUnknown || action.kind === "probe") this.#take(action);
      }
    } while (!isAsking && this.#wait());
    return nextActions(this.#state, { isDue, isWanted });
  }

  #placeOf(step: StepState): number {
    return this.#order.get(step) ?? 0;
  }

  #isDue(step: StepState): boolean {
    return step.marks?.dueAt === undefined || this.#over.has(step) ||
      (this.#options.skipsRetryDelay && step.node.kind === "step") || msLeft(step, this.#now) <= 0;
  }

  /** The first nodes of a container that may run at the same time get their turn. */
  #open(container: Container, limit: number): void {
    for (let count = 0; count < limit && this.#enterNext(container);) count += 1;
  }

  #enterNext(container: Container): boolean {
    for (;;) {
      const passed = this.#passed.get(container) ?? 0;
      const step = container.children[passed];
      if (step === undefined) return false;
      this.#passed.set(container, passed + 1);
      if (isSettled(step)) continue;
      const { node, status, children } = step;
      const isOpen = isGroup(node) || status === "finished";
      if (!isOpen) this.#ready.push(step);
      else if (children !== undefined) this.#open(children, limitOf(step));
      return true;
    }
  }

  #take(action: Action): void {
    this.#begin(action);
    pretend(this.#state, action, this.#now);
    if (isSettled(action.step)) this.#settle(action.step);
    else this.#ready.push(action.step);
  }

  /** A node is done: what it was in may be done, too, or another node gets its turn. */
  #settle(step: StepState): void {
    for (const other of this.#blocked.get(step) ?? []) {
      other.lacks -= 1;
      if (other.lacks === 0) this.#ready.push(other.step);
    }
    const outer = this.#state.byId.get(parentId(step.node.id) ?? "");
    const container = outer?.children ?? this.#state.root;
    if (outer !== undefined && isComplete(container)) this.#settle(outer);
    else this.#enterNext(container);
  }

  #noteBlocked(step: StepState): void {
    if (step.node.kind !== "step" || step.node.argsMeta === undefined) return;
    const needed = new Set(referencesOf(encodedArguments(step)));
    const open = [...needed].flatMap((id) => this.#state.byId.get(id) ?? []).filter((other) => !isSettled(other));
    const blocked = { step, lacks: open.length };
    for (const other of open) {
      const others = this.#blocked.get(other) ?? [];
      others.push(blocked);
      this.#blocked.set(other, others);
    }
  }

  #addTimer(step: StepState): void {
    if (step.node.kind !== "sleep") this.#pauses += 1;
    this.#timers = join(this.#timers, { dueMs: this.#now + msLeft(step, this.#now), step, later: [] });
  }

  /** Lets time pass until something is due. Says whether a run would wait for it. */
  #wait(): boolean {
    const first = this.#timers;
    const { maxIdleMs = Infinity } = this.#options;
    if (first === undefined || (this.#pauses === 0 && first.dueMs - this.#now > maxIdleMs)) return false;
    this.#now = first.dueMs;
    for (let timer = this.#timers; timer !== undefined && !(timer.dueMs > this.#now); timer = this.#timers) {
      this.#timers = joinAll(timer.later);
      if (timer.step.node.kind !== "sleep") this.#pauses -= 1;
      this.#over.add(timer.step);
      this.#ready.push(timer.step);
    }
    return true;
  }
}

function limitOf({ node }: StepState): number {
  return node.kind === "parallel" ? node.limit ?? Infinity : 1;
}

/** A heap of what waits, the first due at the top. */
interface Timer {
  readonly dueMs: number;
  readonly step: StepState;
  readonly later: Timer[];
}

function join(one: Timer | undefined, other: Timer): Timer {
  if (one === undefined) return other;
  const [first, second] = other.dueMs < one.dueMs ? [other, one] : [one, other];
  first.later.push(second);
  return first;
}

/** In pairs, which keeps the heap flat. */
function joinAll(timers: readonly Timer[]): Timer | undefined {
  let left = [...timers];
  while (left.length > 1) {
    const pairs: Timer[] = [];
    for (let index = 0; index < left.length; index += 2) {
      const [one, other] = left.slice(index, index + 2);
      if (one !== undefined) pairs.push(other === undefined ? one : join(one, other));
    }
    left = pairs;
  }
  return left[0];
}

/** How long a step waits, in milliseconds. Setting the clock makes no sleep longer. */
function msLeft({ node, marks: { dueAt = "" } = {} }: StepState, now: number): number {
  return Math.min((Date.parse(dueAt) || 0) - now, node.kind === "sleep" ? node.ms ?? Infinity : Infinity);
}

/** What a step would return, which may be a plan, is not known. */
function pretend(state: State, { kind, step }: Action, now: number): void {
  const { node, attempts } = step;
  const { id } = node;
  const run = state.runs.length;
  if (kind === "sleep" && node.kind === "sleep") {
    const until = node.until ?? new Date(now + (node.ms ?? 0)).toISOString();
    applyEvent(state, { type: "waiting", step: id, for: "time", until }, state.lastAt);
    return;
  }
  if (kind === "undo") {
    const attempt = (step.undoAttempts ?? 0) + 1;
    applyEvent(state, { type: "undoing", step: id, attempt, run }, state.lastAt);
    applyEvent(state, { type: "undone", step: id, attempt, ms: 0 }, state.lastAt);
    return;
  }
  if (kind === "probe" && state.rollback !== undefined) {
    applyEvent(state, { type: "decided", decision: "skip", step: id }, state.lastAt);
    return;
  }
  const isCall = step.node.kind === "step";
  const attempt = isCall ? attempts + 1 : 1;
  if (isCall) applyEvent(state, { type: "started", step: id, attempt, run }, state.lastAt);
  applyEvent(state, { type: "finished", step: id, attempt, ms: 0 }, state.lastAt);
}
