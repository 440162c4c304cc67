import { JournalIncomplete, JournalNotFound, JournalUntrusted } from "../../errors/opening_errors.ts";
import { PlanDiffers } from "../../errors/planning_errors.ts";
import { refusedError } from "../../messages/refusal.ts";
import { functionKey, type StepFunction } from "../../modules/step_function.ts";
import { foldRecords } from "../../state/apply_event.ts";
import { checkTransactionAnswer } from "../../state/answers.ts";
import type { ScopeRequest } from "../../state/run_scope.ts";
import { emptyState, type State } from "../../state/state.ts";
import type { OpenJournal, Store } from "../../storage/store.ts";
import { InProcessHost } from "../call/in_process_host.ts";
import { functionsOf } from "../call/plan_nodes.ts";
import { resolveResult } from "../call/resolve_value.ts";
import type { StepHost } from "../call/step_host.ts";
import type { ResumeOptions } from "../options/transaction_options.ts";
import { type Clock, SYSTEM_CLOCK } from "../session/clock.ts";
import type { EventObserver } from "../options/observer.ts";
import { toDecision } from "./decision_request.ts";
import { executeRun } from "./execute_run.ts";
import { pendingFunctions } from "./pending_functions.ts";
import { type MadePlan, planDifference } from "./plan_difference.ts";
import { type PreparedSession, prepareSession } from "./prepare_session.ts";
import { refuseStillWaiting, saidWords } from "./refuse_still_waiting.ts";

/** What a program that planned anew hands over (`ifExists: "resume"`). */
interface Replanned {
  /** The plan that it made; the journal's must be the same. */
  readonly made: MadePlan;
  /** Its functions, by `functionKey`. */
  readonly known: ReadonlyMap<string, StepFunction>;
}

/** What to do about steps, where the program is now, and who is told. */
interface ResumeRequest extends Omit<ResumeOptions, "observer"> {
  /** Is told what happens. */
  readonly observer?: EventObserver | undefined;
  /** With nothing else to do a longer sleep than this ends the run, in milliseconds. */
  readonly maxIdleMs?: number;
  /** How much is to be done; all unless it is given. */
  readonly scope?: ScopeRequest;
  /** Where the time comes from; the machine's own clock unless given. */
  readonly clock?: Clock | undefined;
  /** Calls the functions; in this process unless given. */
  readonly host?: StepHost | undefined;
}

/**
 * Goes on with a journal. Nothing is written before everything that could refuse has been asked: a resume that does not
 * come to run a step, or to take a decision, leaves the journal as it was.
 */
export async function resumeJournal(
  store: Store,
  name: string,
  options: ResumeRequest,
  replanned?: Replanned,
): Promise<unknown> {
  const state = emptyState({ keepsValues: false });
  const journal = await store.open(name, foldRecords(name, state, options.observer?.record));
  let prepared: PreparedSession;
  let host: StepHost;
  try {
    options.observer?.opened?.(state);
    if (!state.isReady) throw await endIncomplete(journal, replanned !== undefined);
    if (replanned !== undefined) refuseDifference(name, state, replanned.made);
    const decisions = (options.decisions ?? []).map((request) => toDecision(name, state, request));
    if (state.status === "finished") return await endFinished(journal, state, options);
    const closed = checkTransactionAnswer(state, "resume");
    if (closed !== undefined) throw refusedError(state, closed, { journal: name, what: "resume" });
    // First of all: what it says about itself, commands to paste included, is not to be trusted either.
    refuseDistrusted(journal, options.trust === true, replanned !== undefined && runsOnly(state, replanned));
    if (decisions.length === 0) refuseStillWaiting(name, state, options);
    if (!keeps(state, options)) await journal.checkRemovable();
    const { observer, home, acceptChanges, scope, clock = SYSTEM_CLOCK } = options;
    host = options.host ?? new InProcessHost({ clock, known: replanned?.known, isResumed: true });
    prepared = await prepareSession(journal, state, { observer, home, acceptChanges, decisions, scope, clock, host });
  } catch (error) {
    await journal.close();
    throw error;
  }
  const resumeWords = saidWords(state, options);
  const keep = keeps(state, options);
  const { trace, isWanted } = prepared;
  const skipsRetryDelay = options.now === true;
  const { signal, maxIdleMs } = options;
  return await executeRun(prepared.session, {
    host,
    keep,
    resumeWords,
    skipsRetryDelay,
    trace,
    cancel: signal,
    maxIdleMs,
    isWanted,
  });
}

function refuseDifference(journal: string, state: State, made: MadePlan): void {
  const difference = planDifference(state, made);
  if (difference !== undefined) throw new PlanDiffers(journal, difference);
}

/** Nothing ever ran. A program that has made its plan anew needs the remains no more. */
async function endIncomplete(journal: OpenJournal, isReplanned: boolean): Promise<Error> {
  if (!isReplanned) return new JournalIncomplete(journal.journal);
  await journal.close({ remove: true });
  return new JournalNotFound(journal.journal);
}

/** A program that hands over its own functions runs no others: then only what is known against the journal counts. */
function refuseDistrusted(journal: OpenJournal, isTrusted: boolean, runsOnlyItsOwn: boolean): void {
  const { distrust } = journal;
  if (distrust === undefined || isTrusted || (runsOnlyItsOwn && !distrust.isKnown)) return;
  throw new JournalUntrusted(journal.journal, distrust.reason);
}

/** The plans have been compared without probes and undo functions: a journal may name one that the program does not. */
function runsOnly(state: State, { made }: Replanned): boolean {
  const own = new Set(functionsOf(made).map(functionKey));
  return pendingFunctions(state).every((name) => own.has(functionKey(name)));
}

/**
 * A finished transaction has its value and runs nothing. Its journal is there because it was to be kept, which only its
 * author's `keep` is recorded of, or because the process died, or failed, before it had removed it.
 */
async function endFinished(journal: OpenJournal, state: State, options: ResumeRequest): Promise<unknown> {
  const isKept = options.keep ?? (journal.isAtRest || keeps(state, options));
  if (!isKept) await journal.checkRemovable();
  else if (!journal.isAtRest) await journal.recover();
  await journal.close({ remove: !isKept });
  return resolveResult(state);
}

/** Whether the journal stays when all steps are done. */
function keeps(state: State, options: ResumeRequest): boolean {
  return options.keep ?? state.options.keep === true;
}
