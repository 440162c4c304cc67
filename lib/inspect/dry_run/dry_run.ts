import { JournalRefused } from "../../errors/opening_errors.ts";
import { TransactionPaused } from "../../errors/running_errors.ts";
import { functionKey } from "../../modules/load_functions.ts";
import { findMissingPermission, toFlags } from "../../process/permissions.ts";
import { InProcessHost } from "../../run/call/in_process_host.ts";
import { mayReadVariable, variablesOf } from "../../run/call/resolve_value.ts";
import { SYSTEM_CLOCK } from "../../run/session/clock.ts";
import { type Admission, type AdmissionRequest, type AdmissionTools, admit } from "../../run/start/admission.ts";
import { type ModuleLook, pendingCalls } from "../../run/start/check_modules.ts";
import { applyEvent } from "../../state/apply_event.ts";
import { firstDueAt } from "../../state/state.ts";
import type { StepState } from "../../state/step_state.ts";
import { readIdleState } from "../../storage/read_state.ts";
import type { Examination, Store } from "../../storage/store.ts";
import { withoutUndefined } from "../../values/json.ts";
import type { Redact } from "../redact/redact_secrets.ts";
import { type DryRunSteps, dryRunSteps } from "./dry_run_steps.ts";

export interface DryRun extends DryRunSteps {
  /** Modules that would be looked for elsewhere than before. */
  readonly moved: readonly { readonly from: string; readonly to: string }[];
  /** The modules that it would use, in the order in which they are needed. */
  readonly modules: readonly DryRunModule[];
  /** It was enqueued for this time: before it, nothing would run without `now`. As an ISO date. */
  readonly dueAt?: string | undefined;
  /** Why it would be refused before anything runs: the message of the error. */
  readonly refusal?: string | undefined;
  /** Those of the modules that would be refused. */
  readonly blocking: readonly DryRunModule[];
  readonly needs: {
    /** Flags of `deno run` that are missing, for the modules and the variables that are named. */
    readonly flags: readonly string[];
    /** Variables of the environment that may be read and are not set. */
    readonly unset: readonly string[];
  };
  /** How many functions were loaded to see whether they are there; absent when none was. */
  readonly loaded?: number | undefined;
}

export type DryRunModule = Pick<ModuleLook, "url" | "source" | "reason">;

interface DryRunRequest extends AdmissionRequest {
  readonly redact: Redact;
  /** Steps do not wait for a retry delay. */
  readonly now?: boolean | undefined;
  /** Loads every module and checks every export, which runs what stands at the top of the modules. */
  readonly load?: boolean | undefined;
}

/**
 * Says what a resume or a rollback would do. It calls the same checks as the run, and shows the first refusal that leaves
 * something to show. Takes no lock, writes nothing and, unless `load` is given, imports no module.
 */
export async function dryRunJournal(store: Store, journal: string, request: DryRunRequest): Promise<DryRun> {
  const { redact, maxIdleMs, load = false, now: skipsRetryDelay = false } = request;
  const state = await readIdleState(store, journal);
  const dueAt = firstDueAt(state);
  const place = await store.examine?.(journal) ?? {};
  const before = state.modules.map(({ url }) => url);
  let first: unknown = place.refusal === undefined ? undefined : new JournalRefused(journal, place.refusal);
  let admission: Admission | undefined;
  let loaded: number | undefined;
  try {
    admission = await admit(journal, state, request, {
      place: placeOf(journal, place, load),
      hasTransactions: store.hasTransactions === true,
      add: (decision) => applyEvent(state, decision, state.lastAt),
      refuse: (refusal) => first ??= refusal,
      isDry: true,
    });
    if (load) loaded = await loadAll(admission, first);
  } catch (error) {
    throw first ?? error;
  }
  const { moved = [], looks = [], isWanted } = admission ?? {};
  const isPause = first instanceof TransactionPaused;
  // Only what is not begun waits for no step.
  const isEarly = first instanceof TransactionPaused && first.step === "";
  const calls = admission === undefined ? [] : [...pendingCalls(state, isWanted)];
  const needs = await dryRunNeeds(looks, calls.map(({ step }) => step));
  return withoutUndefined<DryRun>({
    ...dryRunSteps(state, { skipsRetryDelay, redact, maxIdleMs, isWanted }),
    ...(isEarly ? { finishes: false, dueAt } : {}),
    moved: moved.map(({ module, url = "" }) => ({ from: before[module] ?? "", to: url })),
    modules: looks.map(toModule),
    refusal: isPause || first === undefined ? undefined : first instanceof Error ? first.message : String(first),
    blocking: isPause ? [] : looks.filter((look) => look.refusal !== undefined).map(toModule),
    needs,
    loaded,
  });
}

/** What cannot be found out here, because a look has fewer permissions than a run, counts only when user code is loaded. */
function placeOf(journal: string, { distrust, staying }: Examination, load: boolean): AdmissionTools["place"] {
  return {
    distrust: distrust?.isKnown === true || load ? distrust : undefined,
    checkRemovable: () =>
      staying === undefined ? Promise.resolve() : Promise.reject(new JournalRefused(journal, staying)),
  };
}

/** As in a run, nothing is loaded after a refusal. */
async function loadAll(admission: Admission | undefined, refusal: unknown): Promise<number> {
  if (refusal !== undefined && !(refusal instanceof TransactionPaused)) throw refusal;
  const wanted = admission?.wanted ?? [];
  await new InProcessHost({ clock: SYSTEM_CLOCK, isResumed: true }).prepare(wanted);
  return new Set(wanted.map(functionKey)).size;
}

function toModule({ url, source, reason }: ModuleLook): DryRunModule {
  return withoutUndefined({ url, source, reason });
}

/** Finds what is not permitted or not set, of what can be told before a step runs. */
async function dryRunNeeds(modules: readonly DryRunModule[], steps: readonly StepState[]): Promise<DryRun["needs"]> {
  const missing = await Promise.all(modules.map(({ url }) => findMissingPermission(url).catch(() => undefined)));
  const flags = toFlags(missing.filter((permission) => permission !== undefined));
  const names = new Set(steps.flatMap(variablesOf));
  const unreadable = [...names].filter((name) => !mayReadVariable(name));
  return {
    flags: [
      ...(flags === "" ? [] : flags.split(/ (?=--)/)),
      ...(unreadable.length === 0 ? [] : [`--allow-env=${unreadable.join(",")}`]),
    ],
    unset: [...names].filter((name) => mayReadVariable(name) && Deno.env.get(name) === undefined),
  };
}
