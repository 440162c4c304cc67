import type { RunFailure } from "../../messages/outcome_error.ts";
import type { StopSignals } from "../../process/stop_signals.ts";
import type { RunScope } from "../../state/run_scope.ts";
import type { StepState } from "../../state/step_state.ts";
import type { CallEnd, StepHost } from "../call/step_host.ts";
import { toStoredError } from "../session/stored_error.ts";
import type { Session } from "../session/session.ts";
import type { RunRequests } from "./take_requests.ts";
import type { RunTrace } from "../trace/run_trace.ts";

export interface RunParts {
  readonly session: Session;
  /** Calls the functions. Those that may be called are prepared. */
  readonly host: StepHost;
  readonly stop: StopSignals;
  readonly requests: RunRequests;
  /** Aborted when the author, or another process, cancels the transaction. */
  readonly cancel: AbortSignal;
  /** Aborted when the journal fails: what happens after that may not be recorded. */
  readonly failed: AbortController;
  /** Aborted by each of the three, and when the journal is lost. */
  readonly signal: AbortSignal;
  /** The same without `cancel`: what is being undone is not cancelled. */
  readonly undoSignal: AbortSignal;
  /** Steps do not wait for a retry delay that had begun before the run. */
  readonly skipsRetryDelay: boolean;
  readonly trace: RunTrace;
  /** Which steps are eligible; all if it is absent. */
  readonly isWanted?: RunScope | undefined;
  /** If nothing else is left to do, a sleep longer than this ends the run, in milliseconds. */
  readonly maxIdleMs: number;
  /** The journal stays also when everything has finished. */
  readonly keep: boolean;
  readonly ending: RunEnding;
}

/** The signal that stops a run and the steps that are running in it. */
export function stopOf({ session, signal, undoSignal }: RunParts): AbortSignal {
  return session.state.rollback === undefined ? signal : undoSignal;
}

/** What ends a run, collected while steps are running. */
export class RunEnding {
  /** The first failure that is not retried. No step begins any more. */
  failure: RunFailure | undefined;
  /** The failure that started the rollback. */
  undoneFor: RunFailure | undefined;
  /** Steps, or their undo, that did not stop at their time limits. `end` resolves if they do. No step begins any more. */
  readonly overdue = new Map<StepState, { readonly kind: "run" | "undo"; readonly end: Promise<CallEnd> }>();
  /** Steps whose probe was called in this run, and why it does not know; undefined while it runs. */
  readonly probed = new Map<StepState, string | undefined>();
  /** How many plans have functions that are being prepared. Until they are there, no step begins. */
  loading = 0;
  /** Whether the environment has every variable that the run needs: unknown before its first call. */
  hasVariables: boolean | undefined;

  cannotStart(step: string, thrown: unknown): void {
    this.failure ??= { step, error: toStoredError(thrown), thrown, hasStarted: false };
  }
}
