import { JournalUntrusted } from "../../errors/opening_errors.ts";
import { TransactionPaused } from "../../errors/running_errors.ts";
import { refusedError } from "../../messages/refusal.ts";
import { loadFunctions } from "../../modules/load_functions.ts";
import type { FunctionName } from "../../modules/step_function.ts";
import type { ResumeOptions } from "../../run/options/transaction_options.ts";
import { checkPins, requireHome } from "../../run/start/check_pins.ts";
import { toDecision } from "../../run/start/decision_request.ts";
import { pendingFunctions } from "../../run/start/pending_functions.ts";
import { refuseStillWaiting } from "../../run/start/refuse_still_waiting.ts";
import { applyEvent } from "../../state/apply_event.ts";
import { checkDecision, checkTransactionAnswer } from "../../state/answers.ts";
import { nextActions } from "../../state/next_actions.ts";
import { makeScope, type ScopeRequest } from "../../state/run_scope.ts";
import type { State } from "../../state/state.ts";
import { readIdleState } from "../../storage/read_state.ts";
import type { Examination, Store } from "../../storage/store.ts";
import type { Encoded } from "../../values/json.ts";
import { VERSION } from "../../version.ts";
import { type DryRunModule, dryRunModules, type DryRunNeeds, dryRunNeeds, findBlocking } from "./dry_run_modules.ts";
import { type DryRunSteps, dryRunSteps } from "./dry_run_steps.ts";
import { applyMoved, findMoved, findRefusal, type MovedModule } from "./moved_modules.ts";

/** What a resume would do. */
export interface DryRun extends DryRunSteps {
  /** Modules that would be looked for elsewhere than before. */
  readonly moved: readonly MovedModule[];
  /** The modules that it would use, in the order in which they are needed. */
  readonly modules: readonly DryRunModule[];
  /** Why it would be refused for what its file is, before anything runs. */
  readonly refusal?: string;
  /** Those of them because of which it would be refused, before anything runs. */
  readonly blocking: readonly DryRunModule[];
  /** What it would have to be permitted, and is not. */
  readonly needs: DryRunNeeds;
  /** How many functions were loaded to see whether they are there; absent when none was. */
  readonly loaded?: number;
}

/** What a resume would be told, and how closely to look. */
interface DryRunRequest extends ResumeOptions {
  /** Takes out of the arguments of steps what is not to be shown. */
  readonly redact: (encoded: Encoded) => Encoded;
  /** With nothing else to do a longer sleep than this would end the run, in milliseconds. */
  readonly maxIdleMs?: number;
  /** How much of it is to be done. */
  readonly scope?: ScopeRequest;
  /** Loads every module and checks every export, which runs what stands at the top of the modules. */
  readonly load?: boolean;
}

/**
 * Says what a resume would do: refuses what it would refuse as far as that can be told. Takes no lock, writes nothing and,
 * unless `load` is given, imports no module.
 *
 * @throws {JournalError} The journal cannot be resumed, or a decision cannot be taken.
 * @throws {ModuleUnavailable} A module or an export is not allowed, or cannot be loaded.
 */
export async function dryRunResume(store: Store, journal: string, options: DryRunRequest): Promise<DryRun> {
  const state = await readIdleState(store, journal);
  const closed = checkTransactionAnswer(state, "resume");
  if (closed !== undefined) throw refusedError(state, closed, { journal, what: "resume" });
  const decisions = (options.decisions ?? []).map((request) => toDecision(journal, state, request));
  const moved = findMoved(state, options.home);
  const staysWaiting = decisions.length === 0 && isStillWaiting(journal, state, options.maxIdleMs);
  let isWanted: ReturnType<typeof makeScope>;
  if (state.status !== "finished") {
    const at = state.lastAt;
    applyEvent(state, { type: "resumed", run: state.runs.length + 1, library: VERSION }, at);
    applyMoved(state, moved);
    for (const decision of decisions) {
      const refusal = checkDecision(state, decision);
      const what = `decide "${decision.decision}" about step ${decision.step}`;
      if (refusal !== undefined) throw refusedError(state, refusal, { journal, step: decision.step, what });
      applyEvent(state, decision, at);
    }
    isWanted = makeScope(journal, state, options.scope ?? {});
  }
  const place = await store.examine?.(journal) ?? {};
  const wanted = pendingFunctions(state, isWanted);
  const modules = await dryRunModules(wanted, state.modules);
  const needs = await dryRunNeeds(state, modules, isWanted ?? (() => true));
  const loaded = options.load !== true ? {} : { loaded: await load(journal, state, { wanted, moved, place }, options) };
  // Who is only asked something needs no module.
  const runsSome = state.status !== "finished" && !staysWaiting &&
    nextActions(state, { isDue: () => true, ...(isWanted === undefined ? {} : { isWanted }) }).actions.length > 0;
  const blocking = runsSome ? findBlocking(modules, options.acceptChanges === true) : [];
  const { redact, maxIdleMs } = options;
  // What has finished is believed whoever wrote it: nothing runs.
  const isOver = state.status === "finished";
  const isRemoved = !isOver && !staysWaiting && !(options.keep ?? state.options.keep === true);
  const refusal = findRefusal(place, { isTrusted: isOver || options.trust === true, isRemoved });
  const run = dryRunSteps(state, { skipsRetryDelay: options.now === true, redact, maxIdleMs, isWanted });
  return { ...run, moved, modules, ...(refusal === undefined ? {} : { refusal }), blocking, needs, ...loaded };
}

/** Whether a run would end as the one before did, and look at no module. */
function isStillWaiting(journal: string, state: State, maxIdleMs: number | undefined): boolean {
  try {
    refuseStillWaiting(journal, state, { maxIdleMs });
    return false;
  } catch (error) {
    if (error instanceof TransactionPaused) return true;
    throw error;
  }
}

/** As a resume does: what is not trusted, or has changed without leave, is not even loaded. */
async function load(
  journal: string,
  state: State,
  { wanted, moved, place: { distrust } }: {
    readonly wanted: readonly FunctionName[];
    readonly moved: readonly MovedModule[];
    readonly place: Examination;
  },
  { trust, acceptChanges, home }: DryRunRequest,
): Promise<number> {
  if (distrust !== undefined && trust !== true) throw new JournalUntrusted(journal, distrust.reason);
  const isMoved = moved.length > 0 && state.home === String(home);
  const all = [...wanted, ...(isMoved ? await requireHome(state) : [])];
  await checkPins(state, all, { acceptsChanges: acceptChanges === true, isLoaded: false });
  return (await loadFunctions(all, { forResume: true })).size;
}
