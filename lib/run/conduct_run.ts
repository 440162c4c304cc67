import type { StepFunction } from "../modules/step_function.ts";
import { safeText } from "../values/safe_text.ts";
import { commandLine } from "./command_line.ts";
import { outcomeError } from "./outcome_error.ts";
import type { Outcome } from "./outcome.ts";
import { resolveResult } from "./resolve_value.ts";
import { runLoop } from "./run_loop.ts";
import type { Session } from "./session.ts";
import { type StopSignal, StopSignals } from "./stop_signals.ts";

/** What else a run needs. */
export interface ConductOptions {
  /** The functions of all steps that may run, by `functionKey`. */
  readonly functions: ReadonlyMap<string, StepFunction>;
  /** Whether the journal stays when the transaction has finished. */
  readonly keep: boolean;
  /** What belongs behind the journal in every command that resumes it. */
  readonly resumeWords?: readonly string[];
  /** A pause that was going on when the run began is not waited for. */
  readonly isHurried?: boolean;
}

/**
 * Runs what is left of a transaction, gives the journal up, and returns the transaction's value.
 *
 * @throws {TransactionAborted} A step failed.
 * @throws {TransactionPaused} Somebody must decide.
 * @throws {TransactionInterrupted} The process was told to stop, and something else keeps it alive.
 * @throws {JournalUnwritable} The journal failed.
 * @throws {TypeError} All steps are done, and what the transaction shall return is not among their values.
 */
export async function conductRun(session: Session, options: ConductOptions): Promise<unknown> {
  const { functions, keep, resumeWords = [], isHurried = false } = options;
  const stop = new StopSignals();
  let outcome: Outcome | undefined;
  try {
    outcome = await runLoop({ session, functions, stop, isHurried });
  } finally {
    const late = outcome?.kind === "paused" ? outcome.late : undefined;
    try {
      if (late === undefined) await session.close({ remove: outcome?.kind === "finished" && !keep });
      else closeAfter(session, late);
      if (outcome?.kind === "interrupted") tellInterrupted(session, outcome.signal, resumeWords);
    } finally {
      await stop.end();
    }
  }
  if (outcome.kind === "finished") return resolveResult(session.state);
  throw outcomeError(session.journal, session.state, outcome, resumeWords);
}

/** The signal is about to end the process, and an error that is thrown then is seen by nobody. */
function tellInterrupted(session: Session, signal: StopSignal, resumeWords: readonly string[]): void {
  const { journal, state } = session;
  // deno-lint-ignore no-console -- see above
  console.warn(
    `Stopped by ${signal}. Run the rest\n  ${commandLine(state.library, "resume", journal, ...resumeWords)}`,
  );
}

/** A step is still at work and nobody waits for it any more. If it ends, that is recorded, and only then the lock goes. */
function closeAfter(session: Session, late: Promise<void>): void {
  late.finally(() => session.close({ remove: false })).catch((error) => {
    // deno-lint-ignore no-console -- there is nobody left to throw it at
    console.warn(`The late end of a step could not be recorded: ${safeText(error)}`);
  });
}
