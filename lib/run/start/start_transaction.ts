import { JournalNotFound, JournalRefused } from "../../errors/opening_errors.ts";
import { JournalExists } from "../../errors/planning_errors.ts";
import type { Event, EventOf } from "../../journal/event.ts";
import type { ModuleEntry, StoredOptions } from "../../journal/stored.ts";
import { hashModule } from "../../modules/module_source.ts";
import type { Home } from "../../plan/function_place.ts";
import { State } from "../../state/state.ts";
import type { Store } from "../../storage/store.ts";
import { withoutUndefined } from "../../values/json.ts";
import { once } from "../../values/shape.ts";
import { VERSION } from "../../version.ts";
import { InProcessHost } from "../call/in_process_host.ts";
import { functionsOf, type NamedPlan, needsPostgres, planEvents } from "../call/plan_nodes.ts";
import type { StepHost } from "../call/step_host.ts";
import { toEventObserver } from "../options/observer.ts";
import type { TransactionOptions } from "../options/transaction_options.ts";
import { type Clock, SYSTEM_CLOCK } from "../session/clock.ts";
import { describeRunner, Session } from "../session/session.ts";
import { RunTrace } from "../trace/run_trace.ts";
import { executeRun } from "./execute_run.ts";

/** A plan whose functions are named, and the journal that is to hold it. */
export interface PlannedTransaction extends NamedPlan {
  readonly home: Home;
  readonly id: string;
  readonly journal: string;
  /** The author's name for it. */
  readonly name?: string | undefined;
  readonly clock?: Clock | undefined;
  readonly host?: StepHost | undefined;
}

interface StartOptions extends PlannedTransaction {
  readonly options: TransactionOptions;
}

/** Creates a journal with the plan, and runs it. Modules are loaded first: if one is missing, nothing is left behind. */
export async function startTransaction(store: Store, start: StartOptions): Promise<unknown> {
  const { id, journal, known, clock = SYSTEM_CLOCK, options: { keep = false, signal: cancel } } = start;
  const { url: home } = start.home;
  const host = start.host ?? new InProcessHost({ clock, known, isResumed: false });
  cancel?.throwIfAborted();
  requireTransactions(store, start);
  await host.prepare(functionsOf(start));
  const trace = await RunTrace.begin({ transactionId: id, home, journal, run: 1, library: VERSION });
  const options = storedOptions(start.options);
  const session = await createSession(store, start, await firstEvents(start, { options, trace: trace.traceparent }));
  return await executeRun(session, { host, trace, keep, cancel });
}

/** Refuses a plan of which a step works in the journal's database, if that cannot be. */
export function requireTransactions(store: Store, { journal, nodes }: PlannedTransaction): void {
  const need = store.hasTransactions === true ? undefined : needsPostgres(nodes);
  if (need !== undefined) throw new JournalRefused(journal, need);
}

/** The events with which a journal begins: who planned, and the whole plan. */
export async function firstEvents(
  { home: { url: home }, id, name, modules: urls, nodes, value }: PlannedTransaction,
  opened: Pick<EventOf<"opened">, "options" | "trace" | "queue" | "priority" | "dueAt">,
): Promise<readonly Event[]> {
  // Home is in the table in any case: when the program moves, its new place is recorded there.
  const modules: readonly ModuleEntry[] = await Array.fromAsync(urls, async (url) => {
    return withoutUndefined({ url, sha256: await hashModule(url) });
  });
  const event = withoutUndefined<EventOf<"opened">>({
    type: "opened",
    format: 1,
    id,
    library: VERSION,
    home,
    modules: urls.includes(home) ? modules : [...modules, { url: home }],
    name,
    ...describeRunner(),
    ...opened,
  });
  return [event, ...planEvents(nodes, value)];
}

/** As JSON, before it is escaped. A larger plan takes several records. */
const MAX_SHARED_CHARACTERS = 1_500_000;

/** The first record holds the events that fit. Each other event of a large plan has a record of its own. */
async function createSession(store: Store, start: StartOptions, events: readonly Event[]): Promise<Session> {
  const first = takeSmall(events);
  const isPartial = first.length < events.length;
  const journal = await store.create(start.journal, first, { isPartial });
  try {
    const state = new State({ keepsValues: false });
    const session = new Session({
      journal,
      state,
      observer: toEventObserver(start.options.observer),
      clock: start.clock,
    });
    session.adopt(first);
    for (const event of events.slice(first.length)) {
      session.add(event);
      await session.commit({ stepsInFlight: 0 });
    }
    if (isPartial) await journal.recover({ runs: true });
    return session;
  } catch (error) {
    // Nothing has run, and an incomplete plan is useless. This error says more than one of closing the journal.
    await journal.close({ remove: true }).catch(() => {});
    throw error;
  }
}

export function takeSmall(events: readonly Event[]): readonly Event[] {
  let characters = 0;
  const tooMuch = events.findIndex((event) => (characters += JSON.stringify(event).length) > MAX_SHARED_CHARACTERS);
  return tooMuch === -1 ? events : events.slice(0, Math.max(1, tooMuch));
}

export function storedOptions({ keep, onFailure, retryFailed }: TransactionOptions): StoredOptions {
  return withoutUndefined({
    keep: keep === true ? keep : undefined,
    onFailure: onFailure === "rollback" ? onFailure : undefined,
    retryFailed,
  });
}

const loadContinue = once(() => import("./continue_journal.ts"));

/** Other processes may create and remove the journal at the same time, but not that often in a row. */
const MAX_ATTEMPTS = 20;

/** Starts a transaction. With `ifExists: "resume"`, resumes the one whose journal exists already. */
export async function startOrResume(store: Store, start: StartOptions): Promise<unknown> {
  const { home, nodes, modules, known, journal, options, clock, host } = start;
  for (let attempt = 1;; attempt += 1) {
    try {
      return await startTransaction(store, start);
    } catch (error) {
      if (!(error instanceof JournalExists) || options.ifExists !== "resume") throw error;
    }
    try {
      const { keep = false, signal } = options;
      const made = { home: home.url, nodes, modules };
      const observer = toEventObserver(options.observer);
      const { resumeJournal } = await loadContinue();
      return await resumeJournal(store, journal, { keep, signal, observer, made, known, clock, host });
    } catch (error) {
      if (!(error instanceof JournalNotFound) || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}
