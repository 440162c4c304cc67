import { JournalIncomplete, JournalUntrusted } from "../../errors/opening_errors.ts";
import { foldRecords } from "../../state/apply_event.ts";
import { findRollbackEnd, type RollbackEnd } from "../../state/rollback.ts";
import { emptyState } from "../../state/state.ts";
import type { OpenJournal, Store } from "../../storage/store.ts";
import type { RollbackOptions } from "../options/rollback_options.ts";
import type { Clock } from "../session/clock.ts";
import type { EventObserver } from "../session/session.ts";
import { executeRun } from "./execute_run.ts";
import { planRollback } from "./plan_rollback.ts";
import { type PreparedSession, prepareSession } from "./prepare_session.ts";
import { refuseStillWaiting, saidWords } from "./refuse_still_waiting.ts";

/** What to undo, where the program is now, and who is told. */
interface RollbackRequest extends Omit<RollbackOptions, "observer"> {
  /** Is told what happens. */
  readonly observer?: EventObserver | undefined;
  /** Where the time comes from; the machine's own clock unless given. */
  readonly clock?: Clock | undefined;
}

/**
 * Takes back what a transaction has done: the last step first, each by its undo function. Nothing is written before
 * everything that could refuse has been asked.
 *
 * @returns What stays as it is.
 */
export async function rollbackJournal(
  store: Store,
  name: string,
  options: RollbackRequest,
): Promise<RollbackEnd> {
  const state = emptyState({ keepsValues: false });
  const journal = await store.open(name, foldRecords(name, state));
  let prepared: PreparedSession;
  try {
    if (!state.isReady) throw new JournalIncomplete(name);
    const decision = planRollback(name, state, options);
    if (decision === undefined) refuseStillWaiting(name, state, options);
    refuseDistrusted(journal, options.trust === true);
    const { observer, home, acceptChanges, clock } = options;
    const decisions = decision === undefined ? [] : [decision];
    prepared = await prepareSession(journal, state, { observer, home, acceptChanges, decisions, clock });
  } catch (error) {
    await journal.close();
    throw error;
  }
  const { session, functions, trace } = prepared;
  await executeRun(session, {
    functions,
    trace,
    keep: true,
    isRollback: true,
    skipsRetryDelay: options.now === true,
    resumeWords: saidWords(state, { trust: options.trust }),
  });
  return findRollbackEnd(state);
}

function refuseDistrusted({ journal, distrust }: OpenJournal, isTrusted: boolean): void {
  if (distrust !== undefined && !isTrusted) throw new JournalUntrusted(journal, distrust.reason);
}
