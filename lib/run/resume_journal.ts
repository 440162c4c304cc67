import { DecisionRefused } from "../errors/decision_errors.ts";
import { JournalIncomplete, JournalNotFound, JournalUntrusted } from "../errors/opening_errors.ts";
import { PlanDiffers } from "../errors/planning_errors.ts";
import { TransactionClosed, TransactionPaused } from "../errors/running_errors.ts";
import type { Resumed } from "../journal/event.ts";
import type { ModuleChange } from "../journal/stored.ts";
import { functionKey } from "../modules/function_name.ts";
import { loadFunctions } from "../modules/load_functions.ts";
import { relocateModules } from "../modules/relocate_modules.ts";
import type { StepFunction } from "../modules/step_function.ts";
import { applyModuleChanges } from "../state/apply_event.ts";
import { checkDecision, type StepDecision } from "../state/check_decision.ts";
import { foldRecords } from "../state/fold_records.ts";
import { nextAction } from "../state/next_action.ts";
import { emptyState, findStep, type State } from "../state/state.ts";
import type { OpenJournal, Store } from "../storage/store.ts";
import { VERSION } from "../version.ts";
import { shellQuote } from "./command_line.ts";
import { checkPins } from "./check_pins.ts";
import { conductRun } from "./conduct_run.ts";
import { describeRunner } from "./describe_runner.ts";
import { pauseMessage } from "./outcome_error.ts";
import { pendingFunctions } from "./pending_functions.ts";
import { planDifference, type PlanOutline } from "./plan_difference.ts";
import { resolveResult } from "./resolve_value.ts";
import { Session } from "./session.ts";
import { toDecision } from "./to_decision.ts";
import type { ResumeOptions } from "./transaction_options.ts";

/** What a program that planned anew hands over (`ifExists: "resume"`). */
export interface Replanned {
  /** The plan that it made; the journal's must be the same. */
  readonly outline: PlanOutline;
  /** Its functions, by `functionKey`. */
  readonly known: ReadonlyMap<string, StepFunction>;
}

/**
 * Goes on with a journal. Nothing is written before everything that could refuse has been asked: a resume that does not
 * come to run a step, or to take a decision, leaves the journal as it was.
 */
export async function resumeJournal(
  store: Store,
  name: string,
  options: ResumeOptions,
  replanned?: Replanned,
): Promise<unknown> {
  const state = emptyState({ keepsValues: false });
  const journal = await store.open(name, foldRecords(name, state));
  let session: Session;
  let functions: ReadonlyMap<string, StepFunction>;
  try {
    if (!state.isReady) throw await endIncomplete(journal, replanned !== undefined);
    if (replanned !== undefined) refuseDifference(name, state, replanned.outline);
    const decisions = (options.decisions ?? []).map((request) => toDecision(name, state, request));
    if (state.status === "finished") return await endFinished(journal, state, options);
    if (state.status === "cancelled" || state.status === "undone") throw new TransactionClosed(name, state.status);
    refuseIfStillWaiting(name, state, decisions, options);
    refuseDistrusted(journal, options.trust === true, replanned !== undefined && runsOnly(state, replanned));
    ({ session, functions } = await prepareSession(journal, state, { ...options, replanned, steps: decisions }));
  } catch (error) {
    await journal.close();
    throw error;
  }
  const resumeWords = saidWords(state, options);
  const keep = options.keep ?? state.options.keep === true;
  return await conductRun(session, { functions, keep, resumeWords, isHurried: options.now === true });
}

interface Preparation extends ResumeOptions {
  readonly replanned: Replanned | undefined;
  readonly steps: readonly StepDecision[];
}

/** Checks and loads everything, and only then recovers the journal and writes that the transaction goes on. */
async function prepareSession(
  journal: OpenJournal,
  state: State,
  options: Preparation,
): Promise<{ session: Session; functions: ReadonlyMap<string, StepFunction> }> {
  const session = new Session({ journal, state, observer: options.observer });
  const modules = relocated(state, options.home);
  const resumed: { -readonly [K in keyof Resumed]: Resumed[K] } = {
    type: "resumed",
    run: state.runs.length + 1,
    library: VERSION,
    ...(modules.length === 0 ? {} : { modules }),
    ...describeRunner(),
  };
  session.add(resumed);
  for (const decision of options.steps) addDecision(session, decision);
  const { kind } = nextAction(state);
  // Who is only asked something needs no module.
  const isQuestion = kind === "ask" || kind === "end";
  const { functions, changes } = isQuestion ? NOTHING_LOADED : await load(state, options);
  if (changes.length > 0) resumed.modules = mergeChanges(modules, changes);
  applyModuleChanges(state, changes);
  const recovered = journal.recover();
  if (recovered !== undefined) resumed.recovered = recovered;
  await session.commit();
  return { session, functions };
}

function addDecision(session: Session, decision: StepDecision): void {
  const refusal = checkDecision(session.state, decision);
  if (refusal !== undefined) {
    const message = `Cannot decide "${decision.decision}" about step ${decision.step}: ${refusal}`;
    throw new DecisionRefused(session.journal, decision.step, message);
  }
  session.add(decision);
}

interface Loaded {
  readonly functions: ReadonlyMap<string, StepFunction>;
  /** Modules whose source is not what it was when the plan was made. */
  readonly changes: readonly ModuleChange[];
}

const NOTHING_LOADED: Loaded = { functions: new Map(), changes: [] };

/** Compares before it imports: what has changed without leave shall not even be loaded. */
async function load(state: State, options: Preparation): Promise<Loaded> {
  const wanted = pendingFunctions(state);
  const acceptsChanges = options.acceptChanges === true;
  const changes = await checkPins(state, wanted, { acceptsChanges, isLoaded: false });
  const known = options.replanned?.known;
  const functions = await loadFunctions(wanted, { forResume: true, ...(known === undefined ? {} : { known }) });
  const later = await checkPins(state, wanted, { acceptsChanges, isLoaded: true });
  return { functions, changes: mergeChanges(changes, later) };
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

function refuseDifference(journal: string, state: State, outline: PlanOutline): void {
  const difference = planDifference(state, outline);
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

/** The plans have been compared without their probes: a journal may name one that the program does not. */
function runsOnly(state: State, { outline }: Replanned): boolean {
  const own = new Set([...outline.functions, ...outline.probes].map(functionKey));
  return pendingFunctions(state).every((name) => own.has(functionKey(name)));
}

/** Somebody who asks again without an answer gets the question again, and the journal no further record. */
function refuseIfStillWaiting(
  journal: string,
  state: State,
  decisions: readonly StepDecision[],
  options: ResumeOptions,
): void {
  const { waiting } = state;
  if (state.status !== "waiting" || waiting === undefined || decisions.length > 0) return;
  const step = findStep(state, waiting.step);
  // A probe may know more by now.
  if (step?.node.kind === "step" && typeof step.node.options?.interrupted === "object") return;
  const reason = step?.status === "finished" ? "value" : "unknown";
  // Where the program is now was not written down, so it has to be said again.
  const words = [
    ...(options.home === undefined ? [] : [shellQuote(String(options.home))]),
    ...saidWords(state, options),
  ];
  const message = pauseMessage(journal, state, { step: waiting.step, reason }, words);
  throw new TransactionPaused(journal, waiting.step, { waitsFor: waiting.for, question: reason }, message);
}

/** What this resume was told and the journal does not say. */
function saidWords(state: State, { keep, trust }: ResumeOptions): readonly string[] {
  return [
    ...(keep === true && state.options.keep !== true ? ["--keep"] : []),
    ...(trust === true ? ["--trust"] : []),
  ];
}

/** A finished transaction whose journal was kept, or could not be removed, has its value and runs nothing. */
async function endFinished(journal: OpenJournal, state: State, options: ResumeOptions): Promise<unknown> {
  await journal.close({ remove: !(options.keep ?? state.options.keep === true) });
  return resolveResult(state);
}
