import { DecisionRefused } from "../errors/decision_errors.ts";
import { JournalIncomplete, JournalUntrusted } from "../errors/opening_errors.ts";
import type { DecidedRollback } from "../journal/decided.ts";
import { foldRecords } from "../state/fold_records.ts";
import { happenedSteps, hasUndo } from "../state/rollback.ts";
import { emptyState, type State } from "../state/state.ts";
import type { OpenJournal, Store } from "../storage/store.ts";
import { conductRun } from "./conduct_run.ts";
import { type PreparedSession, prepareSession } from "./prepare_session.ts";
import { refuseStillWaiting, saidWords } from "./refuse_still_waiting.ts";
import type { RollbackOptions } from "./rollback_options.ts";
import { toReason } from "./to_reason.ts";
import type { EventObserver } from "./session.ts";

/** What to undo, where the program is now, and who is told. */
export interface RollbackRequest extends Omit<RollbackOptions, "observer"> {
  /** Is told what happens. */
  readonly observer?: EventObserver | undefined;
}

/**
 * Takes back what a transaction has done: the last step first, each by its undo function. Nothing is written before
 * everything that could refuse has been asked.
 *
 * @returns The ids of the steps that have happened, or may have, and stay as they are because they have no undo function.
 */
export async function rollbackJournal(
  store: Store,
  name: string,
  options: RollbackRequest,
): Promise<readonly string[]> {
  const state = emptyState({ keepsValues: false });
  const journal = await store.open(name, foldRecords(name, state));
  let prepared: PreparedSession;
  try {
    if (!state.isReady) throw new JournalIncomplete(name);
    const decision = planRollback(name, state, options);
    if (decision === undefined) refuseStillWaiting(name, state, options);
    refuseDistrusted(journal, options.trust === true);
    const { observer, home, acceptChanges } = options;
    const decisions = decision === undefined ? [] : [decision];
    prepared = await prepareSession(journal, state, { observer, home, acceptChanges, decisions });
  } catch (error) {
    await journal.close();
    throw error;
  }
  const { session, functions, trace } = prepared;
  const left = leftSteps(state, state.rollback?.to);
  await conductRun(session, {
    functions,
    trace,
    keep: true,
    isRollback: true,
    isHurried: options.now === true,
    resumeWords: saidWords(state, { trust: options.trust }),
  });
  return left;
}

/** The decision to undo; nothing if it was taken before, and the rest is left to do. */
export function planRollback(
  journal: string,
  state: State,
  options: Pick<RollbackOptions, "to" | "strict" | "by" | "why">,
): DecidedRollback | undefined {
  const to = options.to === undefined ? undefined : state.names.get(options.to) ?? options.to;
  const refuse = (why: string) =>
    new DecisionRefused(journal, to ?? "", `Cannot roll back ${JSON.stringify(journal)}: ${why}`);
  if (to !== undefined && !state.byId.has(to)) throw refuse(`the plan has no step ${to}`);
  const { rollback } = state;
  if (rollback !== undefined) {
    if (to === undefined || to === rollback.to) return undefined;
    throw refuse(`it is being rolled back${rollback.to === undefined ? "" : ` to step ${rollback.to}`} already`);
  }
  const left = leftSteps(state, to);
  if (options.strict === true && left.length > 0) {
    throw refuse(
      `steps ${left.join(", ")} have no undo function. Without --strict (strict: true) they stay as they are`,
    );
  }
  if (happenedSteps(state, to).every((step) => !hasUndo(step))) {
    throw refuse(
      left.length === 0 ? "nothing has happened" : "none of the steps that have happened has an undo function",
    );
  }
  return { type: "decided", decision: "rollback", ...(to === undefined ? {} : { to }), ...toReason(options, refuse) };
}

/** The steps that have happened, or may have, and cannot be undone. */
export function leftSteps(state: State, to: string | undefined): readonly string[] {
  return happenedSteps(state, to).filter((step) => !hasUndo(step)).map(({ node }) => node.id).reverse();
}

function refuseDistrusted({ journal, distrust }: OpenJournal, isTrusted: boolean): void {
  if (distrust !== undefined && !isTrusted) throw new JournalUntrusted(journal, distrust.reason);
}
