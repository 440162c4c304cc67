import type { StepFunction } from "../modules/step_function.ts";
import { outcomeError } from "./outcome_error.ts";
import { type Outcome, runLoop } from "./run_loop.ts";
import type { Session } from "./session.ts";
import { StopSignals } from "./stop_signals.ts";

/** What else a run needs. */
export interface ConductOptions {
  /** The functions of all steps that may run, by `functionKey`. */
  readonly functions: ReadonlyMap<string, StepFunction>;
  /** Whether the journal stays when the transaction has finished. */
  readonly keep: boolean;
  /** What belongs behind the journal in every command that resumes it. */
  readonly resumeWords?: readonly string[];
}

/**
 * Runs what is left of a transaction, gives the journal up, and returns the transaction's value.
 *
 * @throws {TransactionAborted} A step failed.
 * @throws {TransactionPaused} Somebody must decide.
 * @throws {TransactionInterrupted} The process was told to stop, and something else keeps it alive.
 * @throws {JournalUnwritable} The journal failed.
 */
export async function conductRun(session: Session, options: ConductOptions): Promise<unknown> {
  const { functions, keep, resumeWords = [] } = options;
  const stop = new StopSignals();
  let outcome: Outcome | undefined;
  try {
    outcome = await runLoop({ session, functions, stop });
  } finally {
    try {
      await session.close({ remove: outcome?.kind === "finished" && !keep });
    } finally {
      await stop.end();
    }
  }
  if (outcome.kind === "finished") return outcome.value;
  throw outcomeError(session.journal, session.state, outcome, resumeWords);
}
