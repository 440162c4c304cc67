import { DecisionRefused } from "../errors/decision_errors.ts";
import { JournalUntrusted } from "../errors/opening_errors.ts";
import { TransactionClosed } from "../errors/running_errors.ts";
import type { FunctionName } from "../modules/function_name.ts";
import { loadFunctions } from "../modules/load_functions.ts";
import { checkPins } from "../run/check_pins.ts";
import { pendingFunctions } from "../run/pending_functions.ts";
import { requireHome } from "../run/require_home.ts";
import { readState } from "../run/read_state.ts";
import { makeScope, type ScopeRequest } from "../run/run_scope.ts";
import { toDecision } from "../run/to_decision.ts";
import type { ResumeOptions } from "../run/transaction_options.ts";
import { applyEvent, applyModuleChanges } from "../state/apply_event.ts";
import { nextActions } from "../state/next_actions.ts";
import { checkDecision } from "../state/check_decision.ts";
import type { State } from "../state/state.ts";
import type { Distrust } from "../storage/describe_distrust.ts";
import type { Store } from "../storage/store.ts";
import type { Encoded } from "../values/json.ts";
import { VERSION } from "../version.ts";
import { findMoved, type MovedModule } from "./find_moved.ts";
import {
  findBlocking,
  type ForecastModule,
  forecastModules,
  type ForecastNeeds,
  forecastNeeds,
} from "./forecast_modules.ts";
import { type ForecastRun, forecastRun } from "./forecast_run.ts";

/** What a resume would do. */
export interface Forecast extends ForecastRun {
  /** Modules that would be looked for elsewhere than before. */
  readonly moved: readonly MovedModule[];
  /** The modules that it would use, in the order in which they are needed. */
  readonly modules: readonly ForecastModule[];
  /** Those of them because of which it would be refused, before anything runs. */
  readonly blocking: readonly ForecastModule[];
  /** What it would have to be permitted, and is not. */
  readonly needs: ForecastNeeds;
  /** How many functions were loaded to see whether they are there; absent when none was. */
  readonly loaded?: number;
}

/** What a resume would be told, and how closely to look. */
export interface ForecastRequest extends ResumeOptions {
  /** Takes out of the arguments of steps what is not to be shown. */
  readonly conceal: (encoded: Encoded) => Encoded;
  /** How much of it is to be done. */
  readonly scope?: ScopeRequest;
  /**
   * Loads every module and checks every export, which runs what stands at the top of the modules. Says why the journal is
   * not to be trusted, if it is not.
   */
  readonly load?: { readonly distrust: Distrust | undefined };
}

/**
 * Says what a resume would do: refuses what it would refuse as far as that can be told. Takes no lock, writes nothing and,
 * unless `load` is given, imports no module.
 *
 * @throws {JournalError} The journal cannot be resumed, or a decision cannot be taken.
 * @throws {ModuleUnavailable} A module or an export is not allowed, or cannot be loaded.
 */
export async function forecastResume(store: Store, journal: string, options: ForecastRequest): Promise<Forecast> {
  const state = await readState(store, journal);
  if (state.status === "cancelled" || state.status === "undone") throw new TransactionClosed(journal, state.status);
  const decisions = (options.decisions ?? []).map((request) => toDecision(journal, state, request));
  const moved = findMoved(state, options.home);
  let isWanted: ReturnType<typeof makeScope>;
  if (state.status !== "finished") {
    const at = state.lastAt;
    applyEvent(state, { type: "resumed", run: state.runs.length + 1, library: VERSION }, at);
    const places = new Map(moved.map(({ from, to }) => [from, to]));
    const changes = state.modules.map(({ url }, module) => ({ module, url: places.get(url) ?? url }));
    applyModuleChanges(state, changes.filter(({ module, url }) => state.modules[module]?.url !== url));
    for (const decision of decisions) {
      const refusal = checkDecision(state, decision);
      const what = `Cannot decide "${decision.decision}" about step ${decision.step}: `;
      if (refusal !== undefined) throw new DecisionRefused(journal, decision.step, what + refusal);
      applyEvent(state, decision, at);
    }
    isWanted = makeScope(journal, state, options.scope ?? {});
  }
  const wanted = pendingFunctions(state, isWanted);
  const modules = await forecastModules(wanted, state.modules);
  const needs = await forecastNeeds(state, modules, isWanted ?? (() => true));
  const loaded = options.load === undefined ? {} : { loaded: await load(journal, state, { wanted, moved }, options) };
  // Who is only asked something needs no module.
  const runsSome = state.status !== "finished" &&
    nextActions(state, { isDue: () => true, ...(isWanted === undefined ? {} : { isWanted }) }).actions.length > 0;
  const blocking = runsSome ? findBlocking(modules, options.acceptChanges === true) : [];
  const run = forecastRun(state, { isHurried: options.now === true, conceal: options.conceal, isWanted });
  return { ...run, moved, modules, blocking, needs, ...loaded };
}

/** As a resume does: what is not trusted, or has changed without leave, is not even loaded. */
async function load(
  journal: string,
  state: State,
  { wanted, moved }: { readonly wanted: readonly FunctionName[]; readonly moved: readonly MovedModule[] },
  { load: look, trust, acceptChanges, home }: ForecastRequest,
): Promise<number> {
  if (look?.distrust !== undefined && trust !== true) throw new JournalUntrusted(journal, look.distrust.reason);
  const isMoved = moved.length > 0 && state.home === String(home);
  const all = [...wanted, ...(isMoved ? await requireHome(state) : [])];
  await checkPins(state, all, { acceptsChanges: acceptChanges === true, isLoaded: false });
  return (await loadFunctions(all, { forResume: true })).size;
}
