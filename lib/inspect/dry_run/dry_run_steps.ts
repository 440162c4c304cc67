import { isGroup } from "../../plan/node.ts";
import { offersFor, questionOf } from "../../messages/next_commands.ts";
import { type Action, isCall, MAX_INTERRUPTIONS, type Question } from "../../state/next_actions.ts";
import { happenedSteps, hasUndo, rewoundEffects } from "../../state/rollback.ts";
import type { Rollback, State } from "../../state/state.ts";
import type { StepState, StepStatus } from "../../state/step_state.ts";
import { walkSteps } from "../../state/walk_steps.ts";
import { withoutUndefined } from "../../values/json.ts";
import { deriveStatuses } from "../../state/progress.ts";
import type { InspectedStep } from "../data/inspected_step.ts";
import { formatCall } from "../format/format_call.ts";
import type { Redact } from "../redact/redact_secrets.ts";
import { formatDuration, formatTime } from "../../text/format_time.ts";
import { type PlayOptions, playThrough } from "./play_through.ts";

export interface DryRunSteps {
  /** It would finish, unless a step fails. Otherwise it would pause. */
  readonly finishes: boolean;
  /** The step before which it would stop, because of the scope. */
  readonly stopsBefore?: string | undefined;
  readonly pausesFor: readonly ("decision" | "signal")[];
  /** The sleep that is too long to wait for, and its end if that is known. */
  readonly sleeps?: { readonly step: string; readonly until?: string | undefined } | undefined;
  readonly isRollback: boolean;
  /** A step, an undo or a probe would be called. */
  readonly calls: boolean;
  /** The steps in order of the plan. */
  readonly steps: readonly DryRunStep[];
  /** In a rollback: the steps that would be undone, in that order. */
  readonly undo?: readonly DryRunStep[] | undefined;
  /** In a rollback: what has happened and would stay, in the order of the plan. */
  readonly left?: readonly DryRunStep[] | undefined;
  /** In a rollback: ids of the steps that were rewound after they had happened. What they did then would stay. */
  readonly rewound?: readonly string[] | undefined;
}

export interface DryRunStep extends Pick<InspectedStep, "id" | "depth" | "kind" | "call" | "status" | "module"> {
  readonly what: string;
}

interface DryRunStepsOptions extends PlayOptions {
  readonly redact: Redact;
}

/** Plays a run through. Every step that would start is assumed to finish. The state must not be used afterwards. */
export function dryRunSteps(state: State, options: DryRunStepsOptions): DryRunSteps {
  const all = [...walkSteps(state.root)];
  const { statusOf, ownStatusOf } = deriveStatuses(state, true);
  const before = new Map(
    all.map((step) => [step, { status: statusOf(step), own: ownStatusOf(step), dueAt: step.marks?.dueAt }]),
  );
  const { rollback } = state;
  const isRollback = rollback !== undefined;
  const undo = rollback?.queue.filter((step) => !isOver(step));
  const willUndo = new Set(undo);
  const happened = happenedSteps(state, undefined);
  const planned = new Map<StepState, string>();
  let calls = false;
  const rest = playThrough(state, options, (action) => {
    calls ||= isCall(action);
    if (!planned.has(action.step)) planned.set(action.step, describeAction(action, options.skipsRetryDelay));
  });
  for (const question of rest?.questions ?? []) planned.set(question.step, describeQuestion(question, state));
  for (const step of rest?.waits ?? []) planned.set(step, "waits for its signal");
  for (const step of rest?.timers ?? []) {
    // It is not due before the run pauses.
    const kind = step.node.kind === "sleep" ? "sleep" : "run";
    if (!planned.has(step)) planned.set(step, describeAction({ kind, step }, options.skipsRetryDelay));
  }
  const asleep = rest?.timers.filter(({ node }) => node.kind === "sleep").toSorted((a, b) => dueMs(a) - dueMs(b))[0];
  const describe = (step: StepState, depth: number): DryRunStep => {
    const { node } = step;
    const { status, own } = before.get(step) ?? { status: step.status, own: step.status };
    return withoutUndefined({
      id: node.id,
      depth,
      kind: node.kind,
      call: formatCall(state, node, options.redact),
      status,
      module: node.kind === "step" ? state.modules[node.module]?.url ?? "" : undefined,
      what: planned.get(step) ??
        (own === "finished" && status !== own
          ? "has returned a plan"
          : describeRest(rollback, step, status, options.skipsRetryDelay)),
    });
  };
  // A list in the order of what comes is no tree.
  const list = (steps: readonly StepState[]) => steps.map((step) => describe(step, 0));
  return withoutUndefined<DryRunSteps>({
    finishes: rest === undefined || rest.isEnd,
    stopsBefore: rest?.held?.node.id,
    sleeps: asleep && describeSleep(asleep, before.get(asleep)?.dueAt),
    pausesFor: [
      ...(rest === undefined || rest.questions.length === 0 ? [] : ["decision"] as const),
      ...(rest === undefined || rest.waits.length === 0 ? [] : ["signal"] as const),
    ],
    isRollback,
    calls,
    steps: all.map((step) => describe(step, step.node.id.split(".").length - 1)),
    undo: undo && list(undo),
    left: undo && list(happened.filter((step) => !willUndo.has(step))),
    rewound: rollback && rewoundEffects(state, rollback.to),
  });
}

function dueMs({ marks }: StepState): number {
  return Date.parse(marks?.dueAt ?? "");
}

function isOver({ status, marks }: StepState): boolean {
  return status === "undone" || status === "skipped" || marks?.undo === "left";
}

/** The end of a sleep that has not begun is known only if it was planned as a date. */
function describeSleep({ node }: StepState, dueAt: string | undefined): DryRunSteps["sleeps"] {
  const until = dueAt ?? (node.kind === "sleep" ? node.until : undefined);
  return withoutUndefined({ step: node.id, until });
}

function describeAction({ kind, step }: Action, skipsRetryDelay: boolean): string {
  switch (kind) {
    case "probe":
      return "its probe will find out whether it happened";
    case "sleep":
    case "pass":
      return describePass(step);
    case "undo":
      return describeUndo(step, skipsRetryDelay);
    case "run":
      return describeAttempt(step) + notBefore(step, skipsRetryDelay);
    default:
      return kind satisfies never;
  }
}

function describePass({ node, marks: { dueAt } = {} }: StepState): string {
  if (node.kind === "wait") return "its signal is there";
  if (dueAt !== undefined) return `sleeps until ${formatTime(dueAt)}`;
  if (node.kind !== "sleep" || node.ms === undefined) return "will sleep until then";
  return `will sleep for ${formatDuration(node.ms)}`;
}

function notBefore({ marks: { dueAt } = {} }: StepState, skipsRetryDelay: boolean): string {
  return dueAt === undefined || skipsRetryDelay ? "" : `, not before ${formatTime(dueAt)}`;
}

function describeAttempt({ status, attempts, marks = {} }: StepState): string {
  const { isApproved, interruptions = 0 } = marks;
  if (status === "pending" && attempts === 0) return "will run";
  const again = `will run again, as attempt ${attempts + 1}`;
  if (status !== "unknown") return again;
  if (isApproved === true) return `${again}, as decided`;
  return `${again}: it may be repeated after an interruption, this is ${interruptions} of ${MAX_INTERRUPTIONS - 1}`;
}

function describeQuestion(question: Question, state: State): string {
  const offers = offersFor(state, question.step, questionOf(state, question));
  const flags = offers.filter(({ command }) => command === "resume").map(({ words }) => words.join(" "));
  const what = question.reason === "value" ? `the value of step ${question.step.node.id}` : "a decision";
  const [last = "", ...others] = flags.toReversed();
  return `needs ${what}: ${others.length === 0 ? last : `${others.reverse().join(", ")} or ${last}`}`;
}

function describeRest(
  rollback: Rollback | undefined,
  step: StepState,
  status: StepStatus,
  skipsRetryDelay: boolean,
): string {
  const { node } = step;
  if (isGroup(node)) return "";
  if (!isOver({ ...step, status }) && rollback?.queued.has(step) === true && hasUndo(step)) {
    return describeUndo(step, skipsRetryDelay);
  }
  if (status === "undone" || status === "skipped") return `is ${status}`;
  const isRollback = rollback !== undefined;
  const hasHappened = status === "finished" || (isRollback && status === "unknown");
  if (!hasHappened) return isRollback ? "does not run any more" : "comes after that";
  if (node.kind !== "step" || !(isRollback || step.marks?.undo === "left")) return "is done";
  return node.options?.undo === undefined ? "stays as it is: it has no undo function" : "stays as it is";
}

function describeUndo(step: StepState, skipsRetryDelay: boolean): string {
  const { undoAttempts = 0, marks } = step;
  if (marks?.undo !== "begun") return "will be undone";
  return `will be undone, as attempt ${undoAttempts + 1} to do so${notBefore(step, skipsRetryDelay)}`;
}
