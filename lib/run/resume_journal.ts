import { DecisionRefused, JournalIncomplete, PlanDiffers, TransactionClosed, TransactionPaused } from "../errors.ts";
import type { Resumed } from "../journal/event.ts";
import type { ModuleChange } from "../journal/stored.ts";
import type { FunctionName } from "../modules/function_name.ts";
import { loadFunctions } from "../modules/load_functions.ts";
import { relocateModules } from "../modules/relocate_modules.ts";
import type { StepFunction } from "../modules/step_function.ts";
import { checkDecision, type StepDecision } from "../state/check_decision.ts";
import { encodedResult } from "../state/encoded_result.ts";
import { foldRecords } from "../state/fold_records.ts";
import { nextAction } from "../state/next_action.ts";
import { emptyState, type State } from "../state/state.ts";
import type { OpenJournal, Store } from "../storage/store.ts";
import { VERSION } from "../version.ts";
import { shellQuote } from "./command_line.ts";
import { conductRun } from "./conduct_run.ts";
import { describeRunner } from "./describe_runner.ts";
import { pauseMessage } from "./outcome_error.ts";
import { pendingFunctions } from "./pending_functions.ts";
import { planDifference, type PlanOutline } from "./plan_difference.ts";
import { resolveValue } from "./resolve_value.ts";
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
    if (!state.isReady) throw new JournalIncomplete(name);
    if (replanned !== undefined) refuseDifference(name, state, replanned.outline);
    const decisions = (options.decisions ?? []).map((request) => toDecision(name, state, request));
    if (state.status === "finished" && decisions.length === 0) return await endFinished(journal, state, options);
    if (state.status === "cancelled" || state.status === "undone") throw new TransactionClosed(name, state.status);
    refuseIfStillWaiting(name, state, decisions, options);
    ({ session, functions } = await prepareSession(journal, state, { ...options, replanned, steps: decisions }));
  } catch (error) {
    await journal.close();
    throw error;
  }
  const resumeWords = keepWords(state, options);
  return await conductRun(session, { functions, keep: options.keep ?? state.options.keep === true, resumeWords });
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
  // Who is only asked something needs no module.
  const functions = nextAction(state).kind === "run" ? await load(state, options.replanned) : new Map();
  const recovered = journal.recover();
  if (recovered !== undefined) resumed.recovered = recovered;
  await session.commit();
  return { session, functions };
}

function addDecision(session: Session, decision: StepDecision): void {
  const refusal = checkDecision(session.state, decision);
  if (refusal !== undefined) {
    const message = `Cannot ${decision.decision} step ${decision.step}: ${refusal}`;
    throw new DecisionRefused(session.journal, decision.step, message);
  }
  session.add(decision);
}

function load(state: State, replanned: Replanned | undefined): Promise<ReadonlyMap<string, StepFunction>> {
  const wanted: readonly FunctionName[] = pendingFunctions(state);
  if (replanned === undefined) return loadFunctions(wanted, { forResume: true });
  return loadFunctions(wanted, { known: replanned.known, forResume: true });
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

/** Somebody who asks again without an answer gets the question again, and the journal no further record. */
function refuseIfStillWaiting(
  journal: string,
  state: State,
  decisions: readonly StepDecision[],
  options: ResumeOptions,
): void {
  const { waiting } = state;
  if (state.status !== "waiting" || waiting === undefined || decisions.length > 0) return;
  const isFinished = state.steps[state.positions.get(waiting.step) ?? -1]?.status === "finished";
  const reason = isFinished ? "value" : "unknown";
  // Where the program is now was not written down, so it has to be said again.
  const words = [
    ...(options.home === undefined ? [] : [shellQuote(String(options.home))]),
    ...keepWords(state, options),
  ];
  const message = pauseMessage(journal, state, { step: waiting.step, reason }, words);
  throw new TransactionPaused(journal, waiting.step, waiting.for, message);
}

/** What this resume was told and the journal does not say. */
function keepWords(state: State, { keep }: ResumeOptions): readonly string[] {
  return keep === true && state.options.keep !== true ? ["--keep"] : [];
}

/** A finished transaction whose journal was kept, or could not be removed, has its value and runs nothing. */
async function endFinished(journal: OpenJournal, state: State, options: ResumeOptions): Promise<unknown> {
  const value = resolveValue(state, encodedResult(state));
  await journal.close({ remove: !(options.keep ?? state.options.keep === true) });
  return value;
}
