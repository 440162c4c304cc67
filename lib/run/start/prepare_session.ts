import type { DecidedAs, EventOf, ModuleChange } from "../../journal/event.ts";
import { refusedError } from "../../messages/refusal.ts";
import { loadFunctions } from "../../modules/load_functions.ts";
import { relocateModules } from "../../modules/module_source.ts";
import type { FunctionName } from "../../modules/step_function.ts";
import { applyModuleChanges, beginRun } from "../../state/apply_event.ts";
import { checkDecision, type StepDecision } from "../../state/answers.ts";
import { nextActions } from "../../state/next_actions.ts";
import { makeScope, type RunScope, type ScopeRequest } from "../../state/run_scope.ts";
import type { State } from "../../state/state.ts";
import type { OpenJournal } from "../../storage/store.ts";
import { VERSION } from "../../version.ts";
import type { StepHost } from "../call/step_host.ts";
import type { Clock } from "../session/clock.ts";
import type { EventObserver } from "../options/observer.ts";
import { describeRunner, Session } from "../session/session.ts";
import { RunTrace } from "../trace/run_trace.ts";
import { checkPins, requireHome } from "./check_pins.ts";
import { pendingFunctions } from "./pending_functions.ts";

/** How a journal is gone on with. */
interface PrepareOptions {
  /** Where the home module is now, if it was moved. */
  readonly home?: string | URL | undefined;
  /** Remote modules may have changed. */
  readonly acceptChanges?: boolean | undefined;
  /** Calls the functions. */
  readonly host: StepHost;
  /** What is decided first. */
  readonly decisions: readonly (StepDecision | DecidedAs<"rollback">)[];
  /** How much is to be done. */
  readonly scope?: ScopeRequest | undefined;
  /** Is told what happens. */
  readonly observer: EventObserver | undefined;
  /** Where the time comes from; the machine's own clock unless given. */
  readonly clock?: Clock | undefined;
}

/** Everything that a run needs which goes on with a journal. */
export interface PreparedSession {
  /** The journal, recovered, and what is true. */
  readonly session: Session;
  /** The trace of the run. */
  readonly trace: RunTrace;
  /** Which steps may come to their turn; all if it is absent. */
  readonly isWanted: RunScope | undefined;
}

/** Checks and loads everything, and only then recovers the journal and writes that the transaction goes on. */
export async function prepareSession(
  journal: OpenJournal,
  state: State,
  options: PrepareOptions,
): Promise<PreparedSession> {
  const session = new Session({ journal, state, observer: options.observer, clock: options.clock });
  const modules = relocated(state, options.home);
  // The event of the run is complete, and applied, when everything that could refuse has been asked.
  beginRun(state);
  applyModuleChanges(state, modules);
  for (const decision of options.decisions) addDecision(session, decision);
  const isWanted = makeScope(journal.journal, state, options.scope ?? {});
  // A slip in where the program is now must not get into the journal, also when none of it is needed any more.
  const ofHome = modules.length > 0 && state.home === String(options.home) ? await requireHome(state) : [];
  const wanted = [...(callsNothing(state, isWanted) ? [] : pendingFunctions(state, isWanted)), ...ofHome];
  const changes = wanted.length === 0 ? [] : await load(state, wanted, options);
  const run = state.runs.length + 1;
  const firstTrace = state.runs[0]?.trace;
  const trace = await RunTrace.begin({
    transactionId: state.id,
    home: state.home,
    journal: journal.journal,
    run,
    library: VERSION,
    firstTrace,
  });
  const recovered = await journal.recover();
  const changed = mergeChanges(modules, changes);
  const resumed: EventOf<"resumed"> = {
    type: "resumed",
    run,
    library: VERSION,
    ...(changed.length === 0 ? {} : { modules: changed }),
    ...describeRunner(),
    ...(trace.traceparent === undefined ? {} : { trace: trace.traceparent }),
    ...(recovered === undefined ? {} : { recovered }),
  };
  session.addFirst(resumed);
  await session.commit();
  return { session, trace, isWanted };
}

/** Who is only asked something, or told to wait for a signal, needs no module. A sleep may end in the same run. */
function callsNothing(state: State, isWanted: RunScope | undefined): boolean {
  const options = { isDue: () => true, ...(isWanted === undefined ? {} : { isWanted }) };
  return nextActions(state, options).actions.length === 0;
}

function addDecision(session: Session, decision: StepDecision | DecidedAs<"rollback">): void {
  if (decision.decision === "rollback") return session.add(decision);
  const { state, journal } = session;
  const { step } = decision;
  const refusal = checkDecision(state, decision);
  const what = `decide "${decision.decision}" about step ${step}`;
  if (refusal !== undefined) throw refusedError(state, refusal, { journal, step, what });
  session.add(decision);
}

/**
 * Compares before it imports: what has changed without leave shall not even be loaded.
 *
 * @returns Modules whose source is not what it was when the plan was made.
 */
async function load(
  state: State,
  wanted: readonly FunctionName[],
  { acceptChanges, host }: PrepareOptions,
): Promise<readonly ModuleChange[]> {
  const acceptsChanges = acceptChanges === true;
  const changes = await checkPins(state, wanted, { acceptsChanges, isLoaded: false });
  await host.prepare(wanted);
  const later = await checkPins(state, wanted, { acceptsChanges, isLoaded: true });
  return mergeChanges(changes, later);
}

/** One entry for each module that moved, changed, or both. */
function mergeChanges(moved: readonly ModuleChange[], changed: readonly ModuleChange[]): readonly ModuleChange[] {
  const merged = new Map(moved.map((change) => [change.module, change]));
  for (const change of changed) merged.set(change.module, { ...merged.get(change.module), ...change });
  return [...merged.values()];
}

function relocated(state: State, home: string | URL | undefined): readonly ModuleChange[] {
  if (home === undefined) return [];
  const before = state.modules.map((entry) => entry.url);
  const after = relocateModules(before, state.home, String(home));
  return after.flatMap((url, module) => (url === before[module] ? [] : [{ module, url }]));
}
