import { JournalIncomplete, JournalNotFound } from "../../errors/opening_errors.ts";
import type { ModuleChange } from "../../journal/event.ts";
import type { StepFunction } from "../../modules/load_functions.ts";
import { foldRecords } from "../../state/apply_event.ts";
import { findRollbackEnd, type RollbackEnd } from "../../state/rollback.ts";
import { hasRefusals, State } from "../../state/state.ts";
import type { OpenJournal } from "../../storage/open_journal.ts";
import type { Store } from "../../storage/store.ts";
import { VERSION } from "../../version.ts";
import { InProcessHost } from "../call/in_process_host.ts";
import { resolveResult } from "../call/resolve_value.ts";
import type { StepHost } from "../call/step_host.ts";
import type { EventObserver } from "../options/observer.ts";
import type { ResumeOptions } from "../options/transaction_options.ts";
import { SYSTEM_CLOCK } from "../session/clock.ts";
import { releaseOf } from "../session/release.ts";
import { resumedEvent, Session } from "../session/session.ts";
import { RunTrace } from "../trace/run_trace.ts";
import { type Admission, type AdmissionRequest, admit, keepsJournal, saidWords } from "./admission.ts";
import { lookAtModules } from "./check_modules.ts";
import { executeRun } from "./execute_run.ts";

export interface ContinueRequest extends AdmissionRequest, Pick<ResumeOptions, "now" | "signal" | "takeOver"> {
  readonly known?: ReadonlyMap<string, StepFunction> | undefined;
  /** Calls the functions; in this process unless given. */
  readonly host?: StepHost | undefined;
  readonly observer?: EventObserver | undefined;
  /** A worker runs it, which tries again what has failed, at most so often. A person does not count. */
  readonly retryFailed?: number | undefined;
}

interface Continued {
  /** What the transaction returns. A rollback has no value. */
  readonly value: unknown;
  readonly state: State;
}

export async function resumeJournal(store: Store, name: string, request: ContinueRequest): Promise<unknown> {
  return (await continueJournal(store, name, request)).value;
}

/** Undoes what a transaction has done: the last step first, each by its undo function. */
export async function rollbackJournal(
  store: Store,
  name: string,
  { to, strict, by, why, ...others }: ContinueRequest & AdmissionRequest["rollback"],
): Promise<RollbackEnd> {
  const { state } = await continueJournal(store, name, { ...others, rollback: { to, strict, by, why } });
  return findRollbackEnd(state);
}

/** Runs the rest of a transaction, or undoes what has happened. A run that is refused leaves the journal as it was. */
export async function continueJournal(store: Store, name: string, request: ContinueRequest): Promise<Continued> {
  const { clock = SYSTEM_CLOCK, observer, signal: cancel, maxIdleMs, now: skipsRetryDelay } = request;
  if (request.takeOver === true) await store.takeOver?.(name);
  await answerFirst(store, name);
  const state = new State({ keepsValues: false });
  const journal = await store.open(name, foldRecords(name, state, observer?.record));
  const host = request.host ?? new InProcessHost({ clock, known: request.known, isResumed: true });
  const { retryFailed } = request;
  const session = new Session({ journal, state, observer, clock, retryFailed });
  let admission: Admission;
  let trace: RunTrace;
  try {
    observer?.opened?.(state);
    const admitted = await admit(name, state, request, {
      place: journal,
      hasTransactions: journal.beginTransaction !== undefined,
      add: (decision) => session.add(decision),
      refuse: (refusal) => {
        throw refusal;
      },
      isDry: false,
    });
    if (admitted === undefined) return { value: await endFinished(journal, state, request), state };
    admission = admitted;
    trace = await begin(session, journal, { admission, host, request });
  } catch (error) {
    throw await giveUp(journal, error, request);
  }
  const value = await executeRun(session, {
    host,
    trace,
    keep: keepsJournal(state, request),
    resumeWords: saidWords(state, request),
    skipsRetryDelay,
    isRollback: request.rollback !== undefined,
    cancel,
    isWanted: admission.isWanted,
    maxIdleMs,
  });
  return { value, state };
}

/** What was sent to a run that has died comes before everything else. No request is for a plan that is not complete. */
async function answerFirst(store: Store, name: string): Promise<void> {
  if (!(await store.pending(name)).some((request) => "id" in request)) return;
  const { answerPending } = await import("../amend/send_request.ts");
  try {
    await answerPending(store, name);
  } catch (error) {
    if (!(error instanceof JournalIncomplete)) throw error;
  }
}

/** Prepares the functions, recovers the journal, and records that a run begins. */
async function begin(
  session: Session,
  journal: OpenJournal,
  { admission, host, request }: Readonly<{ admission: Admission; host: StepHost; request: ContinueRequest }>,
): Promise<RunTrace> {
  const { state } = session;
  const { wanted, moved, looks } = admission;
  if (wanted.length > 0) await host.prepare(wanted);
  const later = await lookAtModules(state, wanted, { acceptsChanges: request.acceptChanges, isLoaded: true });
  for (const { refusal } of later) if (refusal !== undefined) throw refusal;
  const modules = mergeChanges([...moved, ...[...looks, ...later].flatMap(({ changes = [] }) => changes)]);
  const trace = await RunTrace.begin({
    transactionId: state.id,
    home: state.home,
    journal: journal.journal,
    run: state.runs.length + 1,
    library: VERSION,
    firstTrace: state.runs[0]?.trace,
  });
  session.addFirst(resumedEvent(state, {
    modules: modules.length === 0 ? undefined : modules,
    trace: trace.traceparent,
    retry: request.retryFailed !== undefined && state.beginsAfter === "failure" ? state.retries + 1 : undefined,
    part: admission.isWanted === undefined ? undefined : true,
    recovered: await journal.recover({ runs: true }),
  }));
  await session.commit();
  return trace;
}

/** One entry for each module that moved, changed, or both. */
function mergeChanges(changes: readonly ModuleChange[]): readonly ModuleChange[] {
  const merged = new Map<number, ModuleChange>();
  for (const change of changes) merged.set(change.module, { ...merged.get(change.module), ...change });
  return [...merged.values()];
}

/** Nothing has run. A journal without its whole plan is removed if the program has made its plan again. */
async function giveUp(journal: OpenJournal, error: unknown, { made }: ContinueRequest): Promise<unknown> {
  const isUseless = error instanceof JournalIncomplete && made !== undefined;
  await journal.close({ remove: isUseless });
  return isUseless ? new JournalNotFound(journal.journal) : error;
}

/**
 * A finished transaction has its value and runs nothing. Its journal exists because it was to be kept (only the author's
 * `keep` is recorded), or because the process died, or failed, before it had removed it.
 */
async function endFinished(journal: OpenJournal, state: State, request: ContinueRequest): Promise<unknown> {
  const isKept = request.keep ?? (journal.isAtRest || hasRefusals(state) || keepsJournal(state, request));
  if (!isKept) await journal.checkRemovable();
  else if (!journal.isAtRest) await journal.recover();
  await journal.close({ remove: !isKept, release: () => releaseOf(state, { ending: "ended" }) });
  return resolveResult(state);
}
