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
  /** It did not stop when it was told to, at its time limit, and the run ended without it. `end` is then its late end. */
  readonly overdue?: {
    /** The limit, in milliseconds. */
    readonly limitMs?: number;
  };
}

/** Names an attempt among all of its transaction. */
export function attemptKey({ node: { id }, attempts, undoAttempts = 0 }: StepState): string {
  return undoAttempts > 0 ? `${id} undo ${undoAttempts}` : `${id} run ${attempts}`;
}

/**
 * Says how the last attempt of a step went, from its state; nothing if none was started.
 *
 * @param isHeld Somebody holds the journal: what was started is at work.
 * @param isOverdue It was overdue at some time.
 */
export function lastInspectedAttempt(
  step: StepState,
  isHeld: boolean,
  isOverdue: boolean,
): InspectedAttempt | undefined {
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
    ...(isOverdue ? { overdue: limitOf(step) } : {}),
  };
}

function limitOf({ node }: StepState): NonNullable<InspectedAttempt["overdue"]> {
  const limitMs = node.kind === "step" ? node.options?.timeoutMs : undefined;
  return limitMs === undefined ? {} : { limitMs };
}
