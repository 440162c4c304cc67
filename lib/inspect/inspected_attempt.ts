import type { StoredError } from "../journal/stored.ts";
import type { StepState } from "../state/step_state.ts";

/** One attempt of a step, or one to undo it. */
export interface InspectedAttempt {
  /** What was tried. */
  readonly kind: "run" | "undo";
  /** Counted from 1, for each kind of its own. */
  readonly attempt: number;
  /** When it was started, as an ISO date. */
  readonly startedAt: string;
  /** How long it took, in milliseconds; absent when nobody wrote down how it ended. */
  readonly ms?: number;
  /** How it ended. `interrupted`: nobody wrote it down; `started`: it is at work. */
  readonly end: "finished" | "failed" | "interrupted" | "started";
  /** What was thrown. */
  readonly error?: StoredError;
}

/**
 * Says how the last attempt of a step went, from its state; nothing if none was started.
 *
 * @param isHeld Somebody holds the journal: what was started is at work.
 */
export function lastInspectedAttempt(step: StepState, isHeld: boolean): InspectedAttempt | undefined {
  const { attempts, undoAttempts = 0, startedAt, ms, status, failures } = step;
  const kind = undoAttempts > 0 ? "undo" : "run";
  const attempt = kind === "undo" ? undoAttempts : attempts;
  if (attempt === 0 || startedAt === undefined) return undefined;
  const failure = failures?.findLast((other) =>
    other.attempt === attempt && (other.undo === true) === (kind === "undo")
  );
  const isAtWork = status === "started" && isHeld;
  return {
    kind,
    attempt,
    startedAt,
    ...(ms === undefined ? {} : { ms }),
    end: failure !== undefined ? "failed" : ms !== undefined ? "finished" : isAtWork ? "started" : "interrupted",
    ...(failure === undefined ? {} : { error: failure.error }),
  };
}
