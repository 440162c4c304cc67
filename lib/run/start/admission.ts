import { JournalIncomplete, JournalRefused, JournalUntrusted } from "../../errors/opening_errors.ts";
import { PlanDiffers } from "../../errors/planning_errors.ts";
import type { TransactionPaused } from "../../errors/running_errors.ts";
import type { DecidedAs, ModuleChange } from "../../journal/event.ts";
import { startAnew } from "../../messages/next_commands.ts";
import { notDueError, pausedError } from "../../messages/outcome_error.ts";
import { refusedError } from "../../messages/refusal.ts";
import { checkFunctionName, functionKey, type FunctionName } from "../../modules/load_functions.ts";
import { relocateModules } from "../../modules/module_source.ts";
import { findMissingPermission } from "../../process/permissions.ts";
import { checkDecision, checkTransactionAnswer, type StepDecision } from "../../state/answers.ts";
import { applyModuleChanges, beginRun } from "../../state/apply_event.ts";
import { nextActions } from "../../state/next_actions.ts";
import { findDueRollback } from "../../state/rollback.ts";
import { makeScope, type RunScope, type ScopeRequest } from "../../state/run_scope.ts";
import { firstDueAt, type State } from "../../state/state.ts";
import type { StepState } from "../../state/step_state.ts";
import { plannedNodes } from "../../state/walk_steps.ts";
import type { Distrust, OpenJournal } from "../../storage/open_journal.ts";
import type { PlanNode } from "../../plan/node.ts";
import { isOfDatabase } from "../../storage/locator_scheme.ts";
import { shellQuote } from "../../text/escape.ts";
import { functionsOf, needsPostgres, type StoredNodes } from "../call/plan_nodes.ts";
import { pausesOf } from "../loop/conclude_run.ts";
import type { ResumeOptions, RollbackOptions } from "../options/transaction_options.ts";
import { type Clock, SYSTEM_CLOCK } from "../session/clock.ts";
import { lookAtModules, type ModuleLook, pendingCalls, pendingFunctions, requireHome } from "./check_modules.ts";
import { planRollback, toDecision } from "./plan_rollback.ts";

/*
 * What is checked before a transaction runs again. `resume`, `rollback` and their dry runs call the one function below, so
 * they refuse for the same reason. The order, in which the first refusal counts:
 *
 *  1. The plan in the journal is complete (`JournalIncomplete`).
 *  2. With `ifExists: "resume"`, it is the plan that the program made (`PlanDiffers`).
 *  3. What is asked for makes sense: each decision, or the rollback (`DecisionRefused`).
 *  4. The transaction is open (`TransactionClosed`). If it has finished, a resume has nothing more to check.
 *  5. The journal is trusted (`JournalUntrusted`): from here on, messages show what it says.
 *  6. It is due, and there is something new to do: it does not only wait for the same as before (`TransactionPaused`).
 *  7. The journal can be removed in the end, if it is not to be kept (`JournalRefused`).
 *  8. The decisions are legal, one after the other (`DecisionRefused`).
 *  9. The scope leaves something to do (`DecisionRefused`).
 * 10. Steps that work in the database of the journal find one (`JournalRefused`).
 * 11. If the program was moved, its new place is a program (`ModuleUnavailable`).
 * 12. Functions that will be called have allowed names, there are permissions for their modules, these are regular files,
 *     and their sources have not changed without leave (`ModuleUnavailable`).
 *
 * What opening the journal refuses (`JournalNotFound`, `JournalLocked`, `JournalDamaged`, …) comes before all of this, and
 * importing the modules comes after it. Nothing is written and no user code runs here.
 */

export interface AdmissionRequest
  extends Pick<ResumeOptions, "decisions" | "home" | "keep" | "trust" | "acceptChanges" | "now"> {
  /** Undo what has happened, instead of running the rest. */
  readonly rollback?: Pick<RollbackOptions, "to" | "strict" | "by" | "why"> | undefined;
  readonly scope?: ScopeRequest | undefined;
  /** The plan that the program has made now. */
  readonly made?: MadePlan | undefined;
  /** If nothing else is left to do, a sleep longer than this ends the run, in milliseconds. */
  readonly maxIdleMs?: number | undefined;
  readonly clock?: Clock | undefined;
}

/** What the checks work on, and what they lead to. */
export interface AdmissionTools {
  /** The journal as it is stored. */
  readonly place: Pick<OpenJournal, "distrust" | "checkRemovable">;
  /** Steps can work in the database that holds it. */
  readonly hasTransactions: boolean;
  readonly add: (decision: StepDecision | DecidedAs<"rollback">) => void;
  /**
   * Gets a refusal that leaves something to show, and may return: so a dry run learns the rest. Every other refusal is
   * thrown, as these are in a run.
   */
  readonly refuse: (refusal: unknown) => void;
  /** Look at every module that might be used, except where permission is missing. */
  readonly isDry: boolean;
}

/** What a run that was admitted will do. */
export interface Admission {
  readonly moved: readonly ModuleChange[];
  readonly wanted: readonly FunctionName[];
  /** Their modules: all of them in a dry run, otherwise those with something to compare. */
  readonly looks: readonly ModuleLook[];
  /** Which steps are eligible; all if it is absent. */
  readonly isWanted: RunScope | undefined;
}

/** Afterwards a run has begun in the state, and the decisions are taken. Returns nothing if the transaction has finished. */
export async function admit(
  journal: string,
  state: State,
  request: AdmissionRequest,
  tools: AdmissionTools,
): Promise<Admission | undefined> {
  const { place, refuse } = tools;
  if (!state.isReady) throw new JournalIncomplete(journal);
  if (request.made !== undefined) requireSamePlan(journal, state, request.made);
  const decisions = toDecisions(journal, state, request);
  if (request.rollback === undefined) {
    if (state.status === "finished") return undefined;
    const closed = checkTransactionAnswer(state, "resume");
    if (closed !== undefined) throw refusedError(state, closed, { journal, what: "resume" });
  }
  const { distrust } = place;
  if (distrust !== undefined && !isTrusted(state, distrust, request)) {
    refuse(new JournalUntrusted(journal, distrust.reason));
  }
  const waiting = findNotDue(journal, state, request) ??
    (decisions.length > 0 ? undefined : findStillWaiting(journal, state, request));
  if (waiting !== undefined) refuse(waiting);
  if (!keepsJournal(state, request)) {
    try {
      await place.checkRemovable();
    } catch (error) {
      refuse(error);
    }
  }
  beginRun(state);
  const moved = findMoved(state, request.home);
  applyModuleChanges(state, moved);
  for (const decision of decisions) {
    refuseIllegal(journal, state, decision);
    tools.add(decision);
  }
  const cause = findDueRollback(state)?.node.id;
  if (cause !== undefined) tools.add({ type: "decided", decision: "rollback", why: `step ${cause} failed` });
  const isWanted = makeScope(journal, state, request.scope ?? {});
  const need = tools.hasTransactions ? undefined : needsPostgres(pendingNodes(state, isWanted));
  if (need !== undefined) {
    const how = isOfDatabase(journal) ? 'the commands "export" and "import"' : 'the command "import"';
    refuse(new JournalRefused(journal, `${need}. Move it into one with ${how}`));
  }
  const isMoved = moved.length > 0 && state.home === String(request.home);
  return { moved, isWanted, ...await checkModules(state, { request, isWanted, isMoved }, tools) };
}

function toDecisions(
  journal: string,
  state: State,
  { rollback, decisions = [] }: AdmissionRequest,
): readonly (StepDecision | DecidedAs<"rollback">)[] {
  if (rollback === undefined) return decisions.map((decision) => toDecision(journal, state, decision));
  return [planRollback(journal, state, rollback)].filter((decision) => decision !== undefined);
}

/**
 * A program that passes its own functions runs no others: then only what is known against the journal counts. The plans have
 * been compared without probes and undo functions, and the journal may name one that the program does not.
 */
function isTrusted(state: State, distrust: Distrust, { trust, made }: AdmissionRequest): boolean {
  if (trust === true) return true;
  if (made === undefined || distrust.isKnown) return false;
  const own = new Set(functionsOf(made).map(functionKey));
  return pendingFunctions(state).every((name) => own.has(functionKey(name)));
}

/** Whether the journal stays when all steps are done. After a rollback it does. */
export function keepsJournal(state: State, { rollback, keep }: AdmissionRequest): boolean {
  return rollback !== undefined || (keep ?? state.options.keep === true);
}

function findMoved(state: State, home: string | URL | undefined): readonly ModuleChange[] {
  if (home === undefined) return [];
  const before = state.modules.map((entry) => entry.url);
  const after = relocateModules(before, state.home, String(home));
  return after.flatMap((url, module) => (url === before[module] ? [] : [{ module, url }]));
}

function refuseIllegal(journal: string, state: State, decision: StepDecision | DecidedAs<"rollback">): void {
  if (decision.decision === "rollback") return;
  const { step } = decision;
  const refusal = checkDecision(state, decision);
  const what = `decide "${decision.decision}" about step ${step}`;
  if (refusal !== undefined) throw refusedError(state, refusal, { journal, step, what });
}

/** The steps of which something is left to call. */
function* pendingNodes(state: State, isWanted: RunScope | undefined): Generator<PlanNode> {
  for (const { step } of pendingCalls(state, isWanted)) yield step.node;
}

interface ModuleRequest extends Pick<Admission, "isWanted"> {
  readonly request: AdmissionRequest;
  readonly isMoved: boolean;
}

async function checkModules(
  state: State,
  { request, isWanted, isMoved }: ModuleRequest,
  { isDry, refuse }: AdmissionTools,
): Promise<Pick<Admission, "wanted" | "looks">> {
  let ofHome: readonly FunctionName[] = [];
  try {
    // A wrong place of the program must not be recorded, even if the rest needs nothing of it.
    if (isMoved && !(isDry && await lacksPermission(state.home))) ofHome = await requireHome(state);
  } catch (error) {
    refuse(error);
  }
  const pending = pendingFunctions(state, isWanted);
  // A run that only asks something, or waits for a signal, needs no module. A sleep may end in the same run.
  const callsNothing = nextActions(state, { isDue: () => true, isWanted }).actions.length === 0;
  const needed = callsNothing ? ofHome : [...pending, ...ofHome];
  for (const name of needed) checkFunctionName(name);
  const wanted = isDry ? [...pending, ...ofHome] : needed;
  const looks = await lookAtModules(state, wanted, { acceptsChanges: request.acceptChanges, isDry });
  const urls = new Set(needed.map(({ module }) => module));
  for (const { url, refusal } of looks) if (refusal !== undefined && urls.has(url)) refuse(refusal);
  return { wanted, looks: looks.map((look) => (urls.has(look.url) ? look : { ...look, refusal: undefined })) };
}

async function lacksPermission(module: string): Promise<boolean> {
  return await findMissingPermission(module).catch(() => undefined) !== undefined;
}

type Said = Pick<AdmissionRequest, "home" | "keep" | "trust" | "maxIdleMs" | "clock">;

/** What was enqueued for later is not begun before its time, unless a person says so. */
function findNotDue(journal: string, state: State, request: AdmissionRequest): TransactionPaused | undefined {
  const { clock = SYSTEM_CLOCK } = request;
  const dueAt = firstDueAt(state);
  if (dueAt === undefined || request.now === true || Date.parse(dueAt) <= clock.now()) return undefined;
  return notDueError(journal, state, dueAt, resumeWords(state, request));
}

/** Returns the question of a transaction that still waits for the same as before: a resume then records nothing. */
export function findStillWaiting(journal: string, state: State, said: Said): TransactionPaused | undefined {
  if (state.status !== "waiting" || state.waits.size === 0 || state.running.size > 0) return undefined;
  const { maxIdleMs = Infinity, clock = SYSTEM_CLOCK } = said;
  // A run waits for the next attempt of a step, even if that takes long.
  const isDue = ({ node, marks: { dueAt } = {} }: StepState) =>
    node.kind === "step" || dueAt === undefined || Date.parse(dueAt) - clock.now() <= maxIdleMs;
  const next = nextActions(state, { isDue });
  // A probe may know more by now, and another branch may continue.
  if (next.isEnd || next.actions.length > 0) return undefined;
  const pauses = pausesOf(next);
  if (pauses.length === 0) return undefined;
  return pausedError(journal, state, pauses, resumeWords(state, said));
}

/** Where the program is now is not recorded, so it has to be said again. */
function resumeWords(state: State, said: Said): readonly string[] {
  return [...(said.home === undefined ? [] : [shellQuote(String(said.home))]), ...saidWords(state, said)];
}

/** The options of a command that the journal does not record. */
export function saidWords(state: State, { keep, trust }: Said): readonly string[] {
  return [...(keep === true && state.options.keep !== true ? ["--keep"] : []), ...(trust === true ? ["--trust"] : [])];
}

/** A plan that a program has made, to be compared with the one in a journal. */
export interface MadePlan extends StoredNodes {
  readonly home: string;
}

export function requireSamePlan(journal: string, state: State, made: MadePlan): void {
  const difference = planDifference(state, made);
  if (difference !== undefined) throw new PlanDiffers(journal, difference, { next: startAnew(state, journal) });
}

/**
 * Describes the first difference between a journal's plan and the program's. Arguments, times, probes and undo functions
 * are not compared: a journal is believed about them as far as it is trusted.
 */
export function planDifference(state: State, made: MadePlan): string | undefined {
  if (state.home !== made.home) return `it was planned by ${state.home}, not by ${made.home}`;
  const nodes = [...plannedNodes(state)];
  const modules = state.modules.map(({ url }) => url);
  for (const [position, wanted] of made.nodes.entries()) {
    const node = nodes[position];
    if (node === undefined) break;
    // Ids tell where groups end.
    if (node.id !== wanted.id) return `the journal has step ${node.id} where the program has step ${wanted.id}`;
    const [before, now] = [describeNode(node, modules), describeNode(wanted, made.modules)];
    if (before !== now) return `step ${node.id} is ${before} in the journal, and ${now} now`;
  }
  const [before, now] = [nodes.length, made.nodes.length];
  return before === now ? undefined : `the journal has ${before} steps, the plan made now has ${now}`;
}

const KINDS = { sleep: "a sleep", parallel: "a parallel group", sequence: "a sequence" } as const;

function describeNode(node: PlanNode, modules: readonly string[]): string {
  if (node.kind === "step") return `${node.export} of ${modules[node.module] ?? ""}`;
  // Older journals have signals in other Unicode forms, too.
  return node.kind === "wait" ? `a wait for ${JSON.stringify(node.signal.normalize())}` : KINDS[node.kind];
}
