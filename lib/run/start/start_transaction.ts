import { JournalNotFound } from "../../errors/opening_errors.ts";
import { JournalExists } from "../../errors/planning_errors.ts";
import type { Event, Opened } from "../../journal/event.ts";
import type { StoredOptions } from "../../journal/stored.ts";
import { loadFunctions } from "../../modules/load_functions.ts";
import { hashModule } from "../../modules/module_source.ts";
import { functionKey, type FunctionName, type StepFunction } from "../../modules/step_function.ts";
import type { Home } from "../../plan/home.ts";
import type { Plan } from "../../plan/planned_node.ts";
import { emptyState } from "../../state/state.ts";
import type { OpenJournal, Store } from "../../storage/store.ts";
import { VERSION } from "../../version.ts";
import { LoadedFunctions } from "../call/loaded_functions.ts";
import type { NodeNames } from "../call/plan_nodes.ts";
import type { TransactionOptions } from "../options/transaction_options.ts";
import type { Clock } from "../session/clock.ts";
import { Session } from "../session/session.ts";
import { RunTrace } from "../trace/run_trace.ts";
import { executeRun } from "./execute_run.ts";
import { outlinePlan } from "./plan_difference.ts";
import { describeRunner, planEvents } from "./plan_events.ts";
import { resumeJournal } from "./resume_journal.ts";

/** What a transaction is started with. */
interface StartOptions {
  /** The plan. */
  readonly plan: Plan;
  /** For each node the names of its functions. */
  readonly names: readonly NodeNames[];
  /** Functions that need not be imported, by `functionKey`. */
  readonly known: ReadonlyMap<string, StepFunction>;
  /** The module that planned. */
  readonly home: Home;
  /** The transaction's id. */
  readonly id: string;
  /** Name of the journal to make. */
  readonly journal: string;
  /** What the author said. */
  readonly options: TransactionOptions;
  /** Where the time comes from; the machine's own clock unless given. */
  readonly clock?: Clock | undefined;
}

/**
 * Makes a journal, writes the plan into it, and runs it. All modules are loaded and read before the journal is made: what
 * is missing there leaves nothing behind.
 */
export async function startTransaction(store: Store, start: StartOptions): Promise<unknown> {
  const wanted = distinct(start.names);
  start.options.signal?.throwIfAborted();
  const functions = await loadFunctions(wanted, { known: start.known, forResume: false });
  const hashes = new Map<string, string | undefined>();
  for (const { module } of wanted) {
    if (!hashes.has(module)) hashes.set(module, await hashModule(module));
  }
  const { modules, planned, ready } = planEvents(start.plan, start.names, hashes);
  const { url: home } = start.home;
  const { id: transactionId, journal } = start;
  const trace = await RunTrace.begin({ transactionId, home, journal, run: 1, library: VERSION });
  const opened: Opened = {
    type: "opened",
    format: 1,
    id: start.id,
    library: VERSION,
    home,
    // Home is in the table in any case: when the program moves, that is where its new place is written down.
    modules: modules.some(({ url }) => url === home) ? modules : [...modules, { url: home }],
    options: storedOptions(start.options),
    ...describeRunner(),
    ...(trace.traceparent === undefined ? {} : { trace: trace.traceparent }),
  };
  const session = await createSession(store, start, [opened, ...planned, ready]);
  const { keep = false, signal: cancel } = start.options;
  return await executeRun(session, { functions: new LoadedFunctions(functions, false), trace, keep, cancel });
}

/** As JSON, before it is escaped: what is larger does not share a record with others. */
const MAX_SHARED_CHARACTERS = 1_500_000;

/** Events of the plan that fit are in the first record; the rest of a large plan follows in records of their own. */
async function createSession(store: Store, start: StartOptions, events: readonly Event[]): Promise<Session> {
  const first = takeSmall(events);
  const journal = await store.create(start.journal, first);
  try {
    const state = emptyState({ keepsValues: false });
    const session = new Session({ journal, state, observer: start.options.observer, clock: start.clock });
    session.adopt(first);
    for (const event of events.slice(first.length)) {
      session.add(event);
      await session.commit({ stepsInFlight: 0 });
    }
    return session;
  } catch (error) {
    await discard(journal);
    throw error;
  }
}

function takeSmall(events: readonly Event[]): readonly Event[] {
  let characters = 0;
  const tooMuch = events.findIndex((event) => (characters += JSON.stringify(event).length) > MAX_SHARED_CHARACTERS);
  return tooMuch === -1 ? events : events.slice(0, Math.max(1, tooMuch));
}

/** Nothing has run: a plan that could not be written is of no use. */
async function discard(journal: OpenJournal): Promise<void> {
  try {
    await journal.close({ remove: true });
  } catch {
    // The error that led here says more.
  }
}

function storedOptions({ keep, onFailure }: TransactionOptions): StoredOptions {
  return { ...(keep === true ? { keep } : {}), ...(onFailure === "rollback" ? { onFailure } : {}) };
}

function distinct(names: readonly NodeNames[]): readonly FunctionName[] {
  const all = names.flatMap((functions): FunctionName[] => Object.values(functions));
  return [...new Map(all.map((name) => [functionKey(name), name])).values()];
}

/** Others may make and remove the journal at the same time; so often in a row nobody does. */
const MAX_ATTEMPTS = 20;

/**
 * Starts a transaction, or goes on with the one whose journal is there already if its author said so
 * (`ifExists: "resume"`).
 */
export async function startOrResume(store: Store, start: StartOptions): Promise<unknown> {
  for (let attempt = 1;; attempt += 1) {
    try {
      return await startTransaction(store, start);
    } catch (error) {
      if (!(error instanceof JournalExists) || start.options.ifExists !== "resume") throw error;
    }
    try {
      return await resume(store, start);
    } catch (error) {
      if (!(error instanceof JournalNotFound) || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

function resume(store: Store, { home, plan, names, known, journal, options }: StartOptions): Promise<unknown> {
  const { keep = false, observer, signal } = options;
  const outline = outlinePlan(home.url, plan, names);
  const request = {
    keep,
    ...(signal === undefined ? {} : { signal }),
    ...(observer === undefined ? {} : { observer }),
  };
  return resumeJournal(store, journal, request, { outline, known });
}
