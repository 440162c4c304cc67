import { JournalIncomplete, JournalUntrusted } from "../../errors/opening_errors.ts";
import { foldRecords } from "../../state/apply_event.ts";
import { findRollbackEnd, type RollbackEnd } from "../../state/rollback.ts";
import { emptyState } from "../../state/state.ts";
import type { OpenJournal, Store } from "../../storage/store.ts";
import type { RollbackOptions } from "../options/rollback_options.ts";
import { InProcessHost } from "../call/in_process_host.ts";
import type { StepHost } from "../call/step_host.ts";
import { type Clock, SYSTEM_CLOCK } from "../session/clock.ts";
import type { EventObserver } from "../options/observer.ts";
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
  /** Calls the functions; in this process unless given. */
  readonly host?: StepHost | undefined;
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
  const journal = await store.open(name, foldRecords(name, state, options.observer?.record));
  let prepared: PreparedSession;
  let host: StepHost;
  try {
    options.observer?.opened?.(state);
    if (!state.isReady) throw new JournalIncomplete(name);
    const decision = planRollback(name, state, options);
    if (decision === undefined) refuseStillWaiting(name, state, options);
    refuseDistrusted(journal, options.trust === true);
    const { observer, home, acceptChanges, clock = SYSTEM_CLOCK } = options;
    host = options.host ?? new InProcessHost({ clock, isResumed: true });
    const decisions = decision === undefined ? [] : [decision];
    prepared = await prepareSession(journal, state, { observer, home, acceptChanges, decisions, clock, host });
  } catch (error) {
    await journal.close();
    throw error;
  }
  const { session, trace } = prepared;
  await executeRun(session, {
    host,
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
