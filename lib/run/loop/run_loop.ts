import type { Outcome } from "../../messages/outcome_error.ts";
import { type NextActions, nextActions } from "../../state/next_actions.ts";
import type { StepState } from "../../state/step_state.ts";
import { beginAction } from "./begin_action.ts";
import { concludeRun } from "./conclude_run.ts";
import { DueClock } from "../session/clock.ts";
import { abandonTransaction, type Completion, endTransaction, isOpen, recordCompletion } from "./record_completion.ts";
import { type RunParts, stopOf } from "./run_parts.ts";

/**
 * Runs what is left of a transaction. This is the one cycle in the data flow: state → what is next → calls → events →
 * journal → state. What ends and what begins at the same time shares a record. Overdue steps still run afterwards.
 */
export async function runLoop(parts: RunParts): Promise<Outcome> {
  const inFlight = new InFlight();
  parts.requests.listen(() => inFlight.wake());
  try {
    return await turn(inFlight, parts);
  } catch (error) {
    parts.session.noteUnrecorded(error);
    parts.failed.abort(error);
    await settle(inFlight, parts);
    throw error;
  }
}

async function turn(inFlight: InFlight, parts: RunParts): Promise<Outcome> {
  const { session } = parts;
  const clock = new DueClock(session.clock, parts.skipsRetryDelay);
  for (;;) {
    parts.requests.glance();
    while (parts.requests.hasArrived) await parts.requests.take(inFlight.size);
    const calls: (() => Promise<Completion>)[] = [];
    for (const arrived of inFlight.take()) {
      const completion = isOpen(arrived) ? await endTransaction(arrived, parts) : arrived;
      if (typeof completion === "function") {
        calls.push(completion);
        continue;
      }
      const call = recordCompletion(completion, parts);
      if (call !== undefined) calls.push(call);
      expectLate(completion, inFlight);
    }
    const next = beginNext(calls, clock, parts);
    clock.endHurry();
    if (inFlight.size + calls.length > 0) {
      await session.commit({ stepsInFlight: inFlight.size + calls.length });
      for (const call of calls) {
        session.requireOwned();
        inFlight.follow(call());
      }
      await waitForCompletion(inFlight, clock, mayBegin(parts) ? next.timers : []);
      continue;
    }
    if (mayWait(next, clock, parts)) {
      await session.commit({ stepsInFlight: 0 });
      if (clock.leastLeft(next.timers) > LONG_WAIT_MS) parts.requests.hurry();
      await waitForCompletion(inFlight, clock, next.timers, stopOf(parts));
      continue;
    }
    // Throws after it has recorded what has happened, if that is still possible.
    if (session.lost.aborted) await session.commit({ stepsInFlight: 0 });
    if (!await parts.requests.finish(next)) continue;
    const outcome = await concludeRun(next, parts);
    if (outcome !== undefined) return outcome;
    parts.requests.listen(() => inFlight.wake());
  }
}

/** The run does not wait for an overdue step. While other steps are running, its end still counts. */
function expectLate(completion: Completion, inFlight: InFlight): void {
  if (completion.kind !== "run" && completion.kind !== "undo") return;
  const { end, ...call } = completion;
  if (end.kind === "overdue") inFlight.follow((async () => ({ ...call, end: await end.late }))(), false);
}

/** Begins everything that can begin. What is over at once may let something else begin. */
function beginNext(calls: (() => Promise<Completion>)[], clock: DueClock, parts: RunParts): NextActions {
  const options = {
    isDue: (step: StepState) => clock.isDue(step),
    hasNoAnswer: (step: StepState) => parts.ending.probed.get(step) !== undefined,
    isWanted: parts.isWanted,
  };
  for (;;) {
    const next = nextActions(parts.session.state, options);
    let hasPassed = false;
    for (const action of next.actions) {
      if (!mayBegin(parts)) return next;
      const beginning = beginAction(action, parts);
      if (typeof beginning === "function") calls.push(beginning);
      else if (beginning === "passed") hasPassed = true;
    }
    if (!hasPassed) return next;
  }
}

/** After a failure or a signal, running steps are allowed to finish, and nothing else begins. */
function mayBegin(parts: RunParts): boolean {
  const { failure, overdue } = parts.ending;
  return failure === undefined && overdue.size === 0 && !stopOf(parts).aborted && !parts.requests.isStopping;
}

/** The run fails while steps are running. It waits for them, and records their ends if that is still possible. */
async function settle(inFlight: InFlight, parts: RunParts): Promise<void> {
  while (inFlight.size > 0) {
    await inFlight.completion();
    try {
      for (const completion of inFlight.take()) {
        if (!await abandonTransaction(completion)) recordCompletion(completion, parts);
      }
      await parts.session.commit({ stepsInFlight: 0, last: true });
    } catch (error) {
      // The first error is the one to report.
      parts.session.noteUnrecorded(error);
    }
  }
}

/** Whether only a wait is left to do, and it is not too long. */
function mayWait(next: NextActions, clock: DueClock, parts: RunParts): boolean {
  if (next.timers.length === 0 || next.questions.length > 0 || !mayBegin(parts)) return false;
  return next.timers.some((step) => step.node.kind !== "sleep" || clock.msLeft(step) <= parts.maxIdleMs);
}

/** Also returns when a request has arrived, or a step is due, which may begin beside the running ones; or it is stopped. */
async function waitForCompletion(
  inFlight: InFlight,
  clock: DueClock,
  timers: readonly StepState[],
  stop?: AbortSignal,
): Promise<void> {
  if (timers.length === 0) return await inFlight.completion();
  const arrived = new AbortController();
  inFlight.onCompletion(() => arrived.abort());
  await clock.waitFor(timers, stop === undefined ? arrived.signal : AbortSignal.any([arrived.signal, stop]));
}

/** A shorter pause is no reason to let requests in earlier. */
const LONG_WAIT_MS = 250;

const NativePromise = Promise;

/**
 * Calls in progress. Their results are kept until they are taken. It calls no method that a step can replace: the end of that
 * step, and of each later one, would never be noticed.
 */
class InFlight {
  #running = 0;
  #arrived: Completion[] = [];
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;
  #isWoken = false;

  /** How many are in progress, or have arrived and were not taken. */
  get size(): number {
    return this.#running + this.#arrived.length;
  }

  /** Follows a call. One that is not awaited counts only when it has arrived. If a call rejects, the run cannot continue. */
  async follow(call: Promise<Completion>, isAwaited = true): Promise<void> {
    const count = isAwaited ? 1 : 0;
    this.#running += count;
    try {
      const completion = await call;
      this.#arrived[this.#arrived.length] = completion;
    } catch (error) {
      this.#failure ??= { error };
    }
    this.#running -= count;
    this.#wake?.();
  }

  /** Takes what has arrived, in the order of completion. Throws what a call has rejected with, once. */
  take(): readonly Completion[] {
    const [failure, arrived] = [this.#failure, this.#arrived];
    this.#failure = undefined;
    this.#isWoken = false;
    if (failure !== undefined) throw failure.error;
    if (arrived.length > 0) this.#arrived = [];
    return arrived;
  }

  /** Resolves when something has arrived that was not taken. */
  completion(): Promise<void> {
    return new NativePromise((resolve) => this.onCompletion(resolve));
  }

  /** Ends the present wait, or the next one, although no call has ended. */
  wake(): void {
    this.#isWoken = true;
    this.#wake?.();
  }

  /** Calls a function when something has arrived that was not taken; at once if it has. Replaces an earlier function. */
  onCompletion(wake: () => void): void {
    if (this.#arrived.length > 0 || this.#failure !== undefined || this.#isWoken) return wake();
    this.#wake = () => {
      this.#wake = undefined;
      wake();
    };
  }
}
