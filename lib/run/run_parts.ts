import type { Clock } from "./clock.ts";
import type { LoadedFunctions } from "./loaded_functions.ts";
import type { RunScope } from "./run_scope.ts";
import type { RunTrace } from "./run_trace.ts";
import type { Session } from "./session.ts";
import type { StopSignals } from "./stop_signals.ts";

/** What a run is made of. */
export interface RunParts {
  /** The journal and what is true. */
  readonly session: Session;
  /** Where the time comes from. */
  readonly clock: Clock;
  /** The functions of all steps that may run. */
  readonly functions: LoadedFunctions;
  /** Tells that the process shall end. */
  readonly stop: StopSignals;
  /** Tells that the author has given up the transaction. */
  readonly cancel: AbortSignal | undefined;
  /** Aborted when the journal fails: nothing that happens from then on can be written down for certain. */
  readonly failed: AbortController;
  /** Aborted by each of the three. */
  readonly signal: AbortSignal;
  /** Aborted by the first and the third: what is being undone is not cancelled. */
  readonly undoSignal: AbortSignal;
  /** A pause that was going on when the run began is not waited for. */
  readonly isHurried: boolean;
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
