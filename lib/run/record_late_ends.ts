import type { StepState } from "../state/step_state.ts";
import { addEnd } from "./record_arrival.ts";
import type { LateCall, RunEnding } from "./run_ending.ts";
import type { Session } from "./session.ts";

/**
 * Makes the ends of steps durable that were at work when their run ended, as they come.
 *
 * @returns Resolves when all have come to their end: until then the journal must stay open. Rejects then if one could not be
 * recorded.
 */
export async function recordLateEnds({ overdue }: RunEnding, session: Session): Promise<void> {
  const recorded = await Promise.allSettled(Array.from(overdue, (entry) => recordLate(entry, session)));
  for (const result of recorded) if (result.status === "rejected") throw result.reason;
}

async function recordLate([step, { kind, end }]: [StepState, LateCall], session: Session): Promise<void> {
  addEnd(step, kind, await end, session);
  await session.commit();
}
