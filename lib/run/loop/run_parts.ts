import type { RunFailure } from "../../messages/outcome.ts";
import type { StopSignals } from "../../process/stop_signals.ts";
import type { RunScope } from "../../state/run_scope.ts";
import type { StepState } from "../../state/step_state.ts";
import type { CallEnd, StepHost } from "../call/step_host.ts";
import type { Clock } from "../session/clock.ts";
import type { Session } from "../session/session.ts";
import type { RunTrace } from "../trace/run_trace.ts";

/** What a run is made of. */
export interface RunParts {
  /** The journal and what is true. */
  readonly session: Session;
  /** Where the time comes from. */
  readonly clock: Clock;
  /** Calls the functions. */
  readonly host: StepHost;
  /** Tells that the process shall end. */
  readonly stop: StopSignals;
  /** Tells that the author has given up the transaction. */
  readonly cancel: AbortSignal | undefined;
  /** Aborted when the journal fails: what happens after that may not be recorded. */
  readonly failed: AbortController;
  /** Aborted by each of the three, and when the journal is lost. */
  readonly signal: AbortSignal;
  /** The same without `cancel`: what is being undone is not cancelled. */
  readonly undoSignal: AbortSignal;
  /** A pause that was going on when the run began is not waited for. */
  readonly skipsRetryDelay: boolean;
  /** The trace of the run. */
  readonly trace: RunTrace;
  /** Which steps may come to their turn; all if it is absent. */
  readonly isWanted: RunScope | undefined;
  /** With nothing else to do a longer sleep than this ends the run, in milliseconds. */
  readonly maxIdleMs: number;
}

/** What tells a run, and what is at work in it, to stop. */
export function stopOf({ session, signal, undoSignal }: RunParts): AbortSignal {
  return session.state.rollback === undefined ? signal : undoSignal;
}

/** A call that nobody waits for any more. */
export interface LateCall {
  /** Whether it is the step's own, or that of its undo. */
  readonly kind: "run" | "undo";
  /** Its end, should it come. */
  readonly end: Promise<CallEnd>;
}

/** What makes a run come to its end, as it adds up while steps are at work. */
export interface RunEnding {
  /** The first failure that no retry mends. Nothing begins any more. */
  failure: RunFailure | undefined;
  /** The failure because of which what has happened is being undone. */
  undoneFor: RunFailure | undefined;
  /** Steps that did not stop when they were told to, and have not come to their end since. Nothing begins any more. */
  readonly overdue: Map<StepState, LateCall>;
  /** Steps whose probe was asked in this run, and why it does not know; nothing while it is asked. */
  readonly probed: Map<StepState, string | undefined>;
  /** How many plans have functions that are being prepared. Until they are there, no step begins. */
  loading: number;
}

/** Nothing ends the run as yet. */
export function noEnding(): RunEnding {
  return { failure: undefined, undoneFor: undefined, overdue: new Map(), probed: new Map(), loading: 0 };
}
