import { Fenced, JournalUnwritable } from "../../errors/storage_errors.ts";
import type { StoredError } from "../../journal/stored.ts";
import { type Outcome, outcomeError, stopNotice, unwritableError } from "../../messages/outcome_error.ts";
import { type StopSignal, StopSignals } from "../../process/stop_signals.ts";
import { hasRefusals } from "../../state/state.ts";
import { safeText } from "../../text/escape.ts";
import { resolveResult } from "../call/resolve_value.ts";
import { recordLateEnds } from "../loop/record_completion.ts";
import { runLoop } from "../loop/run_loop.ts";
import { RunEnding, type RunParts } from "../loop/run_parts.ts";
import { RunRequests } from "../loop/take_requests.ts";
import { isInStep } from "../../process/step_context.ts";
import type { Session } from "../session/session.ts";
import type { RunTrace } from "../trace/run_trace.ts";

interface ExecuteOptions extends Pick<RunParts, "host" | "trace" | "isWanted"> {
  /** Aborted when the author cancels the transaction. */
  readonly cancel?: AbortSignal | undefined;
  readonly keep: boolean;
  /** What follows the journal in every command that resumes it. */
  readonly resumeWords?: readonly string[];
  readonly skipsRetryDelay?: boolean | undefined;
  /** To undo what has happened is what was asked for. */
  readonly isRollback?: boolean;
  readonly maxIdleMs?: number | undefined;
}

/** What a trace calls an outcome, where it is another word. */
const STATUS: Partial<Record<Outcome["kind"], string>> = { paused: "waiting", stopped: "interrupted" };

/**
 * Runs what is left of a transaction, or undoes what has happened, and closes the journal. Every run goes through here: the
 * first one, a resume and a rollback. Returns the transaction's value, but nothing for a rollback that was requested.
 */
export async function executeRun(session: Session, options: ExecuteOptions): Promise<unknown> {
  try {
    return await execute(session, options);
  } catch (error) {
    throw session.explain(error);
  }
}

async function execute(session: Session, options: ExecuteOptions): Promise<unknown> {
  const { trace, keep, resumeWords = [], skipsRetryDelay = false, maxIdleMs = Infinity } = options;
  let late: Promise<void> | undefined;
  const stop = new StopSignals({
    hasRunningStep: () => late !== undefined || session.state.running.size > 0,
    isInStep,
    tellWaiting: session.isHeard ? (signal) => tellWaiting(session, signal) : undefined,
  });
  const failed = new AbortController();
  const undoSignal = AbortSignal.any([stop.signal, failed.signal, session.lost]);
  const requests = new RunRequests(session, session.inbox);
  const cancel = options.cancel === undefined
    ? requests.cancelled
    : AbortSignal.any([options.cancel, requests.cancelled]);
  const signal = AbortSignal.any([undoSignal, cancel]);
  const ending = new RunEnding();
  const lasting = { session, stop, failed, requests, cancel, signal, undoSignal, ending };
  const parts: RunParts = { ...options, ...lasting, skipsRetryDelay, maxIdleMs };
  let outcome: Outcome | undefined;
  let result: { readonly value: unknown } | undefined;
  try {
    outcome = await runLoop(parts);
    // Before the journal is removed: it has the values of which the result is made.
    if (outcome.kind === "finished") result = { value: resolveResult(session.state) };
  } catch (thrown) {
    const error = session.explain(thrown);
    if (!(error instanceof JournalUnwritable)) throw error;
    const { journal, state, unrecorded } = session;
    const owner = error instanceof Fenced ? await session.findOwner() : undefined;
    const told = unwritableError(error, { journal, state, unrecorded, resumeWords, owner });
    // If JavaScript is broken, a text may be, too.
    throw told.message.length < error.message.length ? error : told;
  } finally {
    // Also when the journal has failed: while a step is running, no other process may begin.
    late = ending.overdue.size === 0 ? undefined : recordLateEnds(parts);
    // A signal that arrives from now on waits for that step, too.
    const mayListen = late !== undefined && stop.received === undefined;
    try {
      if (outcome !== undefined && late === undefined) {
        trace.end(STATUS[outcome.kind] ?? outcome.kind, errorOf(outcome));
      }
      if (late === undefined) {
        await session.close({ remove: result !== undefined && !keep && !hasRefusals(session.state) });
      } else closeAfter(session, late, trace, mayListen ? stop : undefined);
      if (stop.received !== undefined && outcome !== undefined) {
        tellStopped(session, stop.received, outcome, resumeWords);
      }
    } finally {
      // If the run throws that it was interrupted, the process ends as the signal says. Other errors could end it otherwise.
      if (!mayListen) await stop.end(outcome?.kind !== "interrupted" && outcome?.kind !== "finished");
    }
  }
  if (outcome.kind === "finished") return result?.value;
  if (outcome.kind === "undone" && options.isRollback === true) return undefined;
  throw outcomeError(session.journal, session.state, outcome, resumeWords);
}

function errorOf(outcome: Outcome): StoredError | undefined {
  if (outcome.kind === "aborted") return outcome.error;
  return outcome.kind === "undone" ? outcome.failure?.error : undefined;
}

/** The signal is about to end the process: an error that is thrown now is usually not seen. */
function tellStopped(session: Session, signal: StopSignal, outcome: Outcome, resumeWords: readonly string[]): void {
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

/** A step is still running after its run. When it ends, that is recorded. Only then the journal is closed and a signal obeyed. */
function closeAfter(session: Session, late: Promise<void>, trace: RunTrace, stop: StopSignals | undefined): void {
  late.finally(() => {
    trace.end("waiting");
    return session.close({ remove: false });
  }).catch((error) => {
    const message = `A step finished after its run had ended, and that could not be recorded: ${safeText(error)}`;
    session.notify({ kind: "late-end-lost", message, error });
  }).then(() => stop?.end(true));
}
