import { applyEvent } from "../state/apply_event.ts";
import { isGroup } from "../state/is_complete.ts";
import { type Action, MAX_INTERRUPTIONS, type NextActions, nextActions, type Question } from "../state/next_actions.ts";
import type { State } from "../state/state.ts";
import type { StepState, StepStatus } from "../state/step_state.ts";
import { walkSteps } from "../state/walk_steps.ts";
import type { Encoded } from "../values/json.ts";
import { deriveStatuses } from "./derive_statuses.ts";
import { formatCall } from "./format_call.ts";
import { formatDuration, formatTime } from "./format_time.ts";
import type { InspectedStep } from "./inspected_step.ts";

/** What a run would do. */
export interface ForecastRun {
  /** It would come to its end, unless a step fails; otherwise it would pause before that. */
  readonly finishes: boolean;
  /** The step before which it would stop, since no more is wanted. */
  readonly stopsBefore?: string;
  /** What it would pause for. */
  readonly pausesFor: readonly ("decision" | "signal")[];
  /** It takes back what has happened. */
  readonly isRollback: boolean;
  /** The steps in order of the plan. */
  readonly steps: readonly ForecastStep[];
}

/** What a run would do with a step. */
export interface ForecastStep extends Pick<InspectedStep, "id" | "depth" | "kind" | "call" | "status" | "module"> {
  /** What would happen to it, in a few words. */
  readonly what: string;
}

/** What the state alone does not tell. */
export interface ForecastRunOptions {
  /** A pause between two attempts is not waited for. */
  readonly isHurried: boolean;
  /** Takes out of the arguments of steps what is not to be shown. */
  readonly conceal: (encoded: Encoded) => Encoded;
  /** Tells which steps may come to their turn; all unless it is given. */
  readonly isWanted?: ((step: StepState) => boolean) | undefined;
}

/** Plays a run through on a state, which is of no use then: every step that would start is taken to finish. */
export function forecastRun(state: State, options: ForecastRunOptions): ForecastRun {
  const all = [...walkSteps(state.root)];
  const { statusOf } = deriveStatuses(state, true);
  const before = new Map(all.map((step) => [step, statusOf(step)]));
  const isRollback = state.rollback !== undefined;
  const planned = new Map<StepState, string>();
  const rest = playThrough(state, planned, options);
  for (const question of rest?.questions ?? []) planned.set(question.step, describeQuestion(question, isRollback));
  for (const step of rest?.waits ?? []) planned.set(step, "waits for its signal");
  const held = rest?.held?.node.id;
  return {
    finishes: rest === undefined || rest.isEnd,
    ...(held === undefined ? {} : { stopsBefore: held }),
    pausesFor: [
      ...(rest === undefined || rest.questions.length === 0 ? [] : ["decision"] as const),
      ...(rest === undefined || rest.waits.length === 0 ? [] : ["signal"] as const),
    ],
    isRollback,
    steps: all.map((step): ForecastStep => {
      const { node } = step;
      const status = before.get(step) ?? step.status;
      return {
        id: node.id,
        depth: node.id.split(".").length - 1,
        kind: node.kind,
        call: formatCall(state, node, { isReferenced: state.referenced.has(node.id), conceal: options.conceal }),
        status,
        ...(node.kind === "step" ? { module: state.modules[node.module]?.url ?? "" } : {}),
        what: planned.get(step) ?? describeRest(step, status, isRollback),
      };
    }),
  };
}

/** What is left when nothing can begin any more; nothing if the transaction had finished before. */
function playThrough(
  state: State,
  planned: Map<StepState, string>,
  options: ForecastRunOptions,
): NextActions | undefined {
  if (state.status === "finished") return undefined;
  for (;;) {
    const next = nextActions(state, {
      isDue: () => true,
      ...(options.isWanted === undefined ? {} : { isWanted: options.isWanted }),
    });
    if (next.actions.length === 0) return next;
    for (const action of next.actions) {
      planned.set(action.step, describeAction(action, options));
      pretend(state, action);
    }
  }
}

/** What a step would return is not known: what it may return, a plan, neither. */
function pretend(state: State, { kind, step }: Action): void {
  const { node: { id }, attempts } = step;
  const run = state.runs.length;
  if (kind === "undo") {
    const attempt = (step.undoAttempts ?? 0) + 1;
    applyEvent(state, { type: "undoing", step: id, attempt, run }, state.lastAt);
    applyEvent(state, { type: "undone", step: id, attempt, ms: 0 }, state.lastAt);
    return;
  }
  if (kind === "probe" && state.rollback !== undefined) {
    applyEvent(state, { type: "decided", decision: "skip", step: id }, state.lastAt);
    return;
  }
  const isCall = step.node.kind === "step";
  const attempt = isCall ? attempts + 1 : 1;
  if (isCall) applyEvent(state, { type: "started", step: id, attempt, run }, state.lastAt);
  applyEvent(state, { type: "finished", step: id, attempt, ms: 0 }, state.lastAt);
}

function describeAction(action: Action, { isHurried }: ForecastRunOptions): string {
  const { step } = action;
  switch (action.kind) {
    case "probe":
      return "its probe will find out whether it happened";
    case "sleep":
    case "pass":
      return describePass(step);
    case "undo":
    case "run": {
      const start = action.kind === "undo" ? describeUndo(step) : describeStart(step);
      const isLate = step.dueAt !== undefined && !isHurried;
      return isLate ? `${start}, not before ${formatTime(step.dueAt ?? "")} UTC` : start;
    }
    default:
      return action satisfies never;
  }
}

function describePass({ node, dueAt }: StepState): string {
  if (node.kind === "wait") return "its signal is there";
  if (dueAt !== undefined) return `sleeps until ${formatTime(dueAt)} UTC`;
  if (node.kind !== "sleep" || node.ms === undefined) return "will sleep until then";
  return `will sleep for ${formatDuration(node.ms)}`;
}

function describeUndo({ isUndoing, undoAttempts = 0 }: StepState): string {
  return isUndoing === true ? `will be undone, as attempt ${undoAttempts + 1} to do so` : "will be undone";
}

function describeStart({ status, attempts, isApproved, interruptions = 0 }: StepState): string {
  if (status === "pending" && attempts === 0) return "will run";
  const again = `will run again, as attempt ${attempts + 1}`;
  if (status !== "unknown") return again;
  if (isApproved === true) return `${again}: so decided`;
  return `${again}: its author lets it be repeated, interruption ${interruptions} of ${MAX_INTERRUPTIONS - 1}`;
}

function describeQuestion({ step, reason }: Question, isRollback: boolean): string {
  const { node: { id }, isUndoing } = step;
  if (reason === "value") return `needs the value of step ${id}: --done ${id} --result JSON`;
  if (isRollback && isUndoing !== true) return `needs a decision: --done ${id} --result JSON (undo it) or --skip ${id}`;
  if (isRollback) {
    return `needs a decision: --retry ${id}, --done ${id} (it is undone) or --skip ${id} (its effect stays)`;
  }
  return `needs a decision: --retry ${id}, --done ${id} or --skip ${id}`;
}

function describeRest({ node, isLeft }: StepState, status: StepStatus, isRollback: boolean): string {
  if (isGroup(node)) return "";
  if (status === "undone") return "is undone";
  if (status === "skipped") return "is left out";
  const isCall = node.kind === "step";
  if (status === "finished") return isCall && (isRollback || isLeft === true) ? "stays as it is" : "is done";
  return isRollback ? "does not run any more" : "comes after that";
}
