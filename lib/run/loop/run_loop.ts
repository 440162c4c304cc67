import type { Outcome } from "../../messages/outcome.ts";
import { type NextActions, nextActions } from "../../state/next_actions.ts";
import type { StepState } from "../../state/step_state.ts";
import type { CallEnd } from "../call/step_host.ts";
import { beginAction } from "./begin_action.ts";
import { concludeRun } from "./conclude_run.ts";
import { DueClock } from "./due_clock.ts";
import { InFlight } from "./in_flight.ts";
import { type Completion, recordCompletion } from "./record_completion.ts";
import { type RunEnding, type RunParts, stopOf } from "./run_parts.ts";

/**
 * Runs what is left of a transaction. This is the one cycle in the data flow: state → what is next → calls → events →
 * journal → state. What ends and what begins at the same time shares a record. Steps that are overdue in `ending` afterwards
 * are still running.
 */
export async function runLoop(parts: RunParts, ending: RunEnding): Promise<Outcome> {
  const inFlight = new InFlight<Completion>();
  try {
    return await turn(inFlight, ending, parts);
  } catch (error) {
    parts.session.noteUnrecorded(error);
    parts.failed.abort(error);
    await settle(inFlight, ending, parts);
    throw error;
  }
}

async function turn(inFlight: InFlight<Completion>, ending: RunEnding, parts: RunParts): Promise<Outcome> {
  const { session } = parts;
  const clock = new DueClock(parts.clock, parts.skipsRetryDelay);
  for (;;) {
    const calls: (() => Promise<Completion>)[] = [];
    for (const completion of inFlight.take()) {
      const call = recordCompletion(completion, ending, parts);
      if (call !== undefined) calls.push(call);
      expectLate(completion, inFlight);
    }
    const next = beginNext(calls, ending, clock, parts);
    clock.endHurry();
    if (inFlight.size + calls.length > 0) {
      await session.commit({ stepsInFlight: inFlight.size + calls.length });
      for (const call of calls) {
        session.requireOwned();
        inFlight.follow(call());
      }
      await waitForCompletion(inFlight, clock, mayBegin(ending, parts) ? next : undefined);
      continue;
    }
    if (mayWait(next, ending, clock, parts)) {
      await session.commit({ stepsInFlight: 0 });
      await clock.waitFor(next.timers, stopOf(parts));
      continue;
    }
    // Throws after it has recorded what has happened, if that is still possible.
    if (session.lost.aborted) await session.commit({ stepsInFlight: 0 });
    const outcome = await concludeRun(next, ending, parts);
    if (outcome !== undefined) return outcome;
  }
}

/** The run does not wait for an overdue step. While other steps are running, its end still counts. */
function expectLate(completion: Completion, inFlight: InFlight<Completion>): void {
  if (completion.kind !== "run" && completion.kind !== "undo") return;
  const { kind, step, end } = completion;
  if (end.kind === "overdue") inFlight.expect(lateEnd(kind, step, end.late));
}

async function lateEnd(kind: "run" | "undo", step: StepState, late: Promise<CallEnd>): Promise<Completion> {
  return { kind, step, end: await late };
}

/** Begins everything that can begin. What is over at once may let something else begin. */
function beginNext(
  calls: (() => Promise<Completion>)[],
  ending: RunEnding,
  clock: DueClock,
  parts: RunParts,
): NextActions {
  const options = {
    isDue: (step: NextActions["timers"][number]) => clock.isDue(step),
    hasNoAnswer: (step: NextActions["timers"][number]) => ending.probed.get(step) !== undefined,
    isWanted: parts.isWanted,
  };
  for (;;) {
    const next = nextActions(parts.session.state, options);
    let hasPassed = false;
    for (const action of next.actions) {
      if (!mayBegin(ending, parts)) return next;
      const beginning = beginAction(action, ending, parts);
      if (beginning.kind === "call") calls.push(beginning.call);
      else if (beginning.kind === "passed") hasPassed = true;
    }
    if (!hasPassed) return next;
  }
}

/** After a failure or a signal, running steps are allowed to finish, and nothing else begins. */
function mayBegin({ failure, overdue }: RunEnding, parts: RunParts): boolean {
  return failure === undefined && overdue.size === 0 && !stopOf(parts).aborted;
}

/** The run fails while steps are running. It waits for them, and records their ends if that is still possible. */
async function settle(inFlight: InFlight<Completion>, ending: RunEnding, parts: RunParts): Promise<void> {
  while (inFlight.size > 0) {
    await inFlight.completion();
    try {
      for (const completion of inFlight.take()) recordCompletion(completion, ending, parts);
      await parts.session.commit({ stepsInFlight: 0, last: true });
    } catch (error) {
      // The first error is the one to report.
      parts.session.noteUnrecorded(error);
    }
  }
}

/** Whether only a wait is left to do, and it is not too long. */
function mayWait(next: NextActions, ending: RunEnding, clock: DueClock, parts: RunParts): boolean {
  if (next.timers.length === 0 || next.questions.length > 0 || !mayBegin(ending, parts)) return false;
  return next.timers.some((step) => step.node.kind !== "sleep" || clock.msLeft(step) <= parts.maxIdleMs);
}

/** Also returns when a step is due, which may begin beside the running ones. */
async function waitForCompletion(
  inFlight: InFlight<Completion>,
  clock: DueClock,
  next: NextActions | undefined,
): Promise<void> {
  if (next === undefined || next.timers.length === 0) return await inFlight.completion();
  const arrived = new AbortController();
  inFlight.onCompletion(() => arrived.abort());
  await clock.waitFor(next.timers, arrived.signal);
}
