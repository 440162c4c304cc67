import type { Outcome } from "../../messages/outcome.ts";
import { type NextActions, nextActions } from "../../state/next_actions.ts";
import { beginAction } from "./begin_action.ts";
import { concludeRun } from "./conclude_run.ts";
import { DueClock } from "./due_clock.ts";
import { InFlight } from "./in_flight.ts";
import { type Completion, recordCompletion } from "./record_completion.ts";
import { type RunEnding, type RunParts, stopOf } from "./run_parts.ts";

/**
 * Runs what is left of a transaction. This is the one place where the data turns round: state → what to do next → steps
 * are called → events → journal → state. What ends and what begins at the same time shares a record.
 *
 * @param ending What makes it come to its end. Steps that are overdue in it afterwards are still at work.
 * @throws {JournalUnwritable} The journal failed. The run has ended.
 */
export async function runLoop(parts: RunParts, ending: RunEnding): Promise<Outcome> {
  const inFlight = new InFlight<Completion>();
  try {
    return await turn(inFlight, ending, parts);
  } catch (error) {
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

/** What is overdue keeps nobody, but as long as others are at work its end is as good as that of any other. */
function expectLate(completion: Completion, inFlight: InFlight<Completion>): void {
  if (completion.kind !== "run" && completion.kind !== "undo") return;
  const { kind, step, end } = completion;
  if (end.kind === "overdue") inFlight.expect(end.late.then((late) => ({ kind, step, end: late })));
}

/** Begins all that can begin. What is over at once lets something else begin. */
function beginNext(
  calls: (() => Promise<Completion>)[],
  ending: RunEnding,
  clock: DueClock,
  parts: RunParts,
): NextActions {
  const options = {
    isDue: (step: NextActions["timers"][number]) => clock.isDue(step),
    hasNoAnswer: (step: NextActions["timers"][number]) => ending.probed.get(step) !== undefined,
    ...(parts.isWanted === undefined ? {} : { isWanted: parts.isWanted }),
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

/** When something has come in the way, what is at work is let finish, and nothing else begins. */
function mayBegin({ failure, overdue }: RunEnding, parts: RunParts): boolean {
  return failure === undefined && overdue.size === 0 && !stopOf(parts).aborted;
}

/**
 * The run fails, and steps are at work. They are told, and nobody else may begin before they have come to their end; that
 * is written down if
 * there is a way to.
 */
async function settle(inFlight: InFlight<Completion>, ending: RunEnding, parts: RunParts): Promise<void> {
  while (inFlight.size > 0) {
    await inFlight.completion();
    try {
      for (const completion of inFlight.take()) recordCompletion(completion, ending, parts);
      await parts.session.commit({ stepsInFlight: 0, last: true });
    } catch {
      // The first error is the one to report.
    }
  }
}

/** Whether there is nothing else to do than to wait for a time, and it is not too far away. */
function mayWait(next: NextActions, ending: RunEnding, clock: DueClock, parts: RunParts): boolean {
  if (next.timers.length === 0 || next.questions.length > 0 || !mayBegin(ending, parts)) return false;
  return next.timers.some((step) => step.node.kind !== "sleep" || clock.msLeft(step) <= parts.maxIdleMs);
}

/** Something that is due may begin beside what is at work. */
async function waitForCompletion(
  inFlight: InFlight<Completion>,
  clock: DueClock,
  next: NextActions | undefined,
): Promise<void> {
  if (next === undefined || next.timers.length === 0) return await inFlight.completion();
  const arrived = new AbortController();
  await Promise.race([inFlight.completion(), clock.waitFor(next.timers, arrived.signal)]);
  arrived.abort();
}
