import { JournalUnwritable } from "../../errors/storage_errors.ts";
import type { StoredError } from "../../journal/stored.ts";
import type { Outcome } from "../../messages/outcome.ts";
import { outcomeError, stopNotice, unwritableError } from "../../messages/outcome_error.ts";
import { type StopSignal, StopSignals } from "../../process/stop_signals.ts";
import type { RunScope } from "../../state/run_scope.ts";
import { safeText } from "../../text/escape.ts";
import { resolveResult } from "../call/resolve_value.ts";
import type { StepHost } from "../call/step_host.ts";
import { recordLateEnds } from "../loop/record_completion.ts";
import { runLoop } from "../loop/run_loop.ts";
import { noEnding } from "../loop/run_parts.ts";
import { isInStep } from "../session/step_context.ts";
import type { Session } from "../session/session.ts";
import type { RunTrace } from "../trace/run_trace.ts";

/** What else a run needs. */
interface ExecuteOptions {
  /** Calls the functions. All of those that may be called are prepared. */
  readonly host: StepHost;
  /** Whether the journal stays when the transaction has finished. */
  readonly keep: boolean;
  /** What belongs behind the journal in every command that resumes it. */
  readonly resumeWords?: readonly string[];
  /** A pause that was going on when the run began is not waited for. */
  readonly skipsRetryDelay?: boolean | undefined;
  /** The trace of the run. */
  readonly trace: RunTrace;
  /** It was asked for that what has happened is undone. */
  readonly isRollback?: boolean;
  /** Tells that the author has given up the transaction. */
  readonly cancel?: AbortSignal | undefined;
  /** Which steps may come to their turn; all unless it is given. */
  readonly isWanted?: RunScope | undefined;
  /** With nothing else to do a longer sleep than this ends the run, in milliseconds. */
  readonly maxIdleMs?: number | undefined;
}

/** What the transaction is when its run has ended. */
const STATUS: Readonly<Record<Outcome["kind"], string>> = {
  finished: "finished",
  aborted: "aborted",
  paused: "waiting",
  interrupted: "interrupted",
  stopped: "interrupted",
  cancelled: "cancelled",
  undone: "undone",
};

/**
 * Runs what is left of a transaction, or undoes what has happened, gives the journal up, and returns the transaction's
 * value. A rollback that was asked for has none.
 *
 * @throws {TransactionAborted} A step failed.
 * @throws {TransactionUndone} A step failed, and what had happened was undone.
 * @throws {TransactionCancelled} The author has given it up.
 * @throws {TransactionPaused} Somebody must decide, or it waits for a signal or a time.
 * @throws {TransactionInterrupted} The process was told to stop, and something else keeps it alive.
 * @throws {JournalUnwritable} The journal failed.
 * @throws {TypeError} All steps are done, and what the transaction shall return is not among their values.
 */
export async function executeRun(session: Session, options: ExecuteOptions): Promise<unknown> {
  const { host, trace, keep, resumeWords = [], skipsRetryDelay = false, cancel, isWanted, maxIdleMs = Infinity } =
    options;
  let late: Promise<void> | undefined;
  const stop = new StopSignals({
    hasRunningStep: () => late !== undefined || session.state.running.size > 0,
    isInStep,
    tellWaiting: session.isHeard ? (signal) => tellWaiting(session, signal) : undefined,
  });
  const failed = new AbortController();
  const undoSignal = AbortSignal.any([stop.signal, failed.signal, session.lost]);
  const signal = cancel === undefined ? undoSignal : AbortSignal.any([undoSignal, cancel]);
  const { clock } = session;
  const signals = { stop, cancel, failed, signal, undoSignal };
  const parts = { session, clock, host, ...signals, skipsRetryDelay, maxIdleMs, trace, isWanted };
  const ending = noEnding();
  let outcome: Outcome | undefined;
  try {
    outcome = await runLoop(parts, ending);
  } catch (error) {
    if (!(error instanceof JournalUnwritable)) throw error;
    const { journal, state, unrecorded } = session;
    throw unwritableError(error, { journal, state, unrecorded, resumeWords });
  } finally {
    // Also when the journal has failed: as long as a step is at work nobody else may begin.
    late = ending.overdue.size === 0 ? undefined : recordLateEnds(ending, session);
    // Whoever tells the process to stop from now on waits for that step, too.
    const mayListen = late !== undefined && stop.received === undefined;
    try {
      if (outcome !== undefined && late === undefined) trace.end(STATUS[outcome.kind], errorOf(outcome));
      if (late === undefined) await session.close({ remove: outcome?.kind === "finished" && !keep });
      else closeAfter(session, late, trace, mayListen ? stop : undefined);
      if (stop.received !== undefined && outcome !== undefined) {
        tellStopped(session, stop.received, outcome, resumeWords);
      }
    } finally {
      // Who throws that the run was stopped ends as the signal does; all else might end the process in its own way.
      if (!mayListen) await stop.end(outcome?.kind !== "interrupted" && outcome?.kind !== "finished");
    }
  }
  if (outcome.kind === "finished") return resolveResult(session.state);
  if (outcome.kind === "undone" && options.isRollback === true) return undefined;
  throw outcomeError(session.journal, session.state, outcome, resumeWords);
}

function errorOf(outcome: Outcome): StoredError | undefined {
  if (outcome.kind === "aborted") return outcome.error;
  return outcome.kind === "undone" ? outcome.failure?.error : undefined;
}

/** The signal is about to end the process: an error that is thrown then is usually not seen any more. */
function tellStopped(
  session: Session,
  signal: StopSignal,
  outcome: Outcome,
  resumeWords: readonly string[],
): void {
  const { journal, state } = session;
  if (outcome.kind === "finished" || outcome.kind === "undone") return;
  const message = stopNotice(signal, outcomeError(journal, state, outcome, resumeWords));
  session.notify({ kind: "stopped", signal, message });
}

function tellWaiting(session: Session, signal: StopSignal): void {
  const how = signal === "SIGHUP" ? "" : ". A second signal ends the process at once";
  const message = `${signal}: waiting for the running step to finish${how}`;
  session.notify({ kind: "waiting-for-step", signal, message });
}

/**
 * A step is still at work and nobody waits for it any more. If it ends, that is recorded, and only then the lock goes, and a
 * signal that has arrived since has its way.
 */
function closeAfter(session: Session, late: Promise<void>, trace: RunTrace, stop: StopSignals | undefined): void {
  late.finally(() => {
    trace.end("waiting");
    return session.close({ remove: false });
  }).catch((error) => {
    const message = `A step finished after its run had ended, and that could not be recorded: ${safeText(error)}`;
    session.notify({ kind: "late-end-lost", message, error });
  }).then(() => stop?.end(true));
}
