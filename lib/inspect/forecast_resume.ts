import { DecisionRefused } from "../errors/decision_errors.ts";
import { JournalIncomplete, JournalLocked, JournalTooNew } from "../errors/opening_errors.ts";
import { TransactionClosed } from "../errors/running_errors.ts";
import { checkFunctionName } from "../modules/check_function_name.ts";
import { relocateModules } from "../modules/relocate_modules.ts";
import { pendingFunctions } from "../run/pending_functions.ts";
import { toDecision } from "../run/to_decision.ts";
import type { ResumeOptions } from "../run/transaction_options.ts";
import { applyEvent } from "../state/apply_event.ts";
import { checkDecision } from "../state/check_decision.ts";
import { foldRecords } from "../state/fold_records.ts";
import { MAX_INTERRUPTIONS, type NextAction, nextAction } from "../state/next_action.ts";
import { emptyState, type State, type StepState, type StepStatus } from "../state/state.ts";
import type { Store } from "../storage/store.ts";
import { VERSION } from "../version.ts";
import { formatCall } from "./format_call.ts";
import { formatTime } from "./format_time.ts";

/** What a resume would do. */
export interface Forecast {
  /** All steps would run, unless one fails; otherwise somebody has to decide first. */
  readonly finishes: boolean;
  /** The steps in order of the plan. */
  readonly steps: readonly ForecastStep[];
  /** Modules that would be looked for elsewhere than before. */
  readonly moved: readonly { readonly from: string; readonly to: string }[];
}

/** What a resume would do with a step. */
export interface ForecastStep {
  /** Its id. */
  readonly id: string;
  /** The step on one line, escaped. */
  readonly call: string;
  /** Its status, decisions included. */
  readonly status: StepStatus;
  /** What would happen to it, in a few words. */
  readonly what: string;
}

/**
 * Says what a resume would do: refuses what it would refuse as far as the journal alone tells. Takes no lock, writes
 * nothing and imports no module.
 *
 * @throws {JournalError} The journal cannot be resumed, or a decision cannot be taken.
 * @throws {ModuleUnavailable} A module or an export is not allowed. Whether it is there is not looked at.
 */
export async function forecastResume(store: Store, journal: string, options: ResumeOptions): Promise<Forecast> {
  const state = emptyState({ keepsValues: false });
  const read = await store.read(journal, foldRecords(journal, state));
  if (read.unknown !== undefined) throw new JournalTooNew(journal, read.unknown, state.library);
  if (read.isHeld) throw new JournalLocked(journal, state.runs.at(-1));
  if (!state.isReady) throw new JournalIncomplete(journal);
  if (state.status === "cancelled" || state.status === "undone") throw new TransactionClosed(journal, state.status);
  const decisions = (options.decisions ?? []).map((request) => toDecision(journal, state, request));
  const moved = findMoved(state, options.home);
  const places = new Map(moved.map(({ from, to }) => [from, to]));
  for (const name of pendingFunctions(state)) {
    checkFunctionName({ ...name, module: places.get(name.module) ?? name.module });
  }
  if (state.status !== "finished") {
    const at = state.lastAt;
    applyEvent(state, { type: "resumed", run: state.runs.length + 1, library: VERSION }, at);
    for (const decision of decisions) {
      const refusal = checkDecision(state, decision);
      const what = `Cannot decide "${decision.decision}" about step ${decision.step}: `;
      if (refusal !== undefined) throw new DecisionRefused(journal, decision.step, what + refusal);
      applyEvent(state, decision, at);
    }
  }
  return { ...forecastSteps(state), moved };
}

function findMoved(state: State, home: string | URL | undefined): Forecast["moved"] {
  if (home === undefined) return [];
  const before = state.modules.map(({ url }) => url);
  const after = relocateModules(before, state.home, String(home));
  return before.flatMap((from, index) => {
    const to = after[index];
    return to === undefined || to === from ? [] : [{ from, to }];
  });
}

/** Plays the run through on the state: every step that would start is taken to finish. */
function forecastSteps(state: State): Omit<Forecast, "moved"> {
  const before = state.steps.map(({ status }) => status);
  const planned = new Map<StepState, string>();
  let question: { readonly position: number; readonly what: string } | undefined;
  while (state.status !== "finished") {
    const next = nextAction(state);
    if (next.kind === "run" || next.kind === "sleep" || next.kind === "probe") {
      planned.set(next.step, describeAction(next));
      pretend(state, next.step);
      continue;
    }
    if (next.kind === "ask") question = { position: state.cursor, what: describeQuestion(next.step, next.reason) };
    break;
  }
  const steps = state.steps.map((step, position): ForecastStep => {
    const status = before[position] ?? step.status;
    const isAsked = question?.position === position;
    const what = planned.get(step) ?? (isAsked ? question?.what : undefined) ?? describeRest(status);
    const call = formatCall(state, step.node, { isReferenced: state.referenced.has(step.node.id) });
    return { id: step.node.id, call, status, what };
  });
  return { finishes: question === undefined, steps };
}

function pretend(state: State, step: StepState): void {
  const { node: { id: stepId }, attempts } = step;
  const attempt = attempts + 1;
  applyEvent(state, { type: "started", step: stepId, attempt, run: state.runs.length }, state.lastAt);
  applyEvent(state, { type: "finished", step: stepId, attempt, ms: 0 }, state.lastAt);
}

function describeAction(next: Extract<NextAction, { readonly kind: "run" | "sleep" | "probe" }>): string {
  if (next.kind === "probe") return "its probe will find out whether it happened";
  const start = describeStart(next.step);
  return next.kind === "sleep" ? `${start}, not before ${formatTime(next.until)}` : start;
}

function describeStart({ status, attempts, isApproved, interruptions }: StepState): string {
  if (status === "pending") return "will run";
  const again = `will run again, as attempt ${attempts + 1}`;
  if (status !== "unknown") return again;
  if (isApproved) return `${again}: so decided`;
  return `${again}: its author lets it be repeated, interruption ${interruptions} of ${MAX_INTERRUPTIONS - 1}`;
}

function describeQuestion({ node: { id } }: StepState, reason: "unknown" | "value"): string {
  if (reason === "value") return `needs the value of step ${id}: --done ${id} --result JSON`;
  return `needs a decision: --retry ${id}, --done ${id} or --skip ${id}`;
}

function describeRest(status: StepStatus): string {
  if (status === "finished") return "is done";
  if (status === "skipped") return "is left out";
  return "comes after that";
}
