import { describeRewound } from "../../messages/describe_step.ts";
import { isGroup } from "../../plan/node.ts";
import { cutText, escapeForTerminal, formatError } from "../../text/escape.ts";
import type { InspectedAttempt, InspectedStep } from "../data/inspected_step.ts";
import type { Inspection } from "../data/inspection.ts";
import { formatCounts, formatNumberOf } from "../format/format_counts.ts";
import { formatDecision } from "../format/format_who.ts";
import type { StepDescription } from "./render_steps.ts";
import { formatDuration, formatTime, formatTimeBeside } from "../../text/format_time.ts";

const MAX_NOTE = 300;
const MAX_FAILURES = 3;

/** Says when a step was started, how long it took, and its outcome. Escaped. */
function describeTiming(step: InspectedStep, transactionStart: string): string {
  const { startedAt, ms, undo, within } = step;
  const counts = formatCounts(within ?? {});
  if (isGroup(step)) return counts;
  const what = undo !== undefined && undo.attempts > 0 ? "undo " : "";
  const times = [
    startedAt === undefined ? "" : `${what}at ${formatTimeBeside(startedAt, transactionStart)}`,
    ms === undefined ? "" : `took ${formatDuration(ms)}`,
  ].filter((part) => part !== "");
  return [times.join(", "), outcomeOf(step, counts)].filter((part) => part !== "").join("  ");
}

/** A step whose value is a plan shows the counts of that plan. */
function outcomeOf({ valueText, within }: InspectedStep, counts: string): string {
  if (within !== undefined) return counts === "" ? "→ a plan without steps" : `→ a plan: ${counts}`;
  return valueText === undefined || valueText === "undefined" ? "" : `→ ${valueText}`;
}

/** Says in one line how an attempt ended: `undo attempt 2, 2026-11-23 02:15:00.123 UTC: failed after 12 ms`. */
export function describeAttempt({ kind, attempt, startedAt, ms, end }: InspectedAttempt): string {
  const what = kind === "undo" ? "undo attempt" : "attempt";
  const ended = kind === "undo" && end === "finished" ? "undone" : ENDS[end];
  const took = ms === undefined ? "" : ` after ${formatDuration(ms)}`;
  return `${what} ${attempt}, ${formatTime(startedAt)}: ${ended}${took}`;
}

const ENDS: Readonly<Record<InspectedAttempt["end"], string>> = {
  finished: "finished",
  started: "running",
  interrupted: "interrupted, outcome unknown",
  failed: "failed",
};

/** What the transaction as a whole tells about its steps. */
interface Whole extends Pick<Inspection, "aborted" | "status"> {
  readonly isRollback: boolean;
  /** Ids of steps. */
  readonly staying: ReadonlySet<string>;
  /** Names of signals. */
  readonly arrived: ReadonlySet<string>;
}

/** Describes the steps of a transaction. The notes tell of attempts and decisions, and what a status means. Escaped. */
export function describeSteps(
  { aborted, status, rollback, signals, startedAt = "" }: Omit<Inspection, "steps">,
): StepDescription<InspectedStep> {
  const isRollback = rollback !== undefined;
  const arrived = new Set(signals.map(({ signal }) => signal));
  const whole = { aborted, status, isRollback, staying: new Set(rollback?.staying), arrived };
  return {
    text: (step) => describeTiming(step, startedAt),
    notes: (step) =>
      [
        // The header already shows the last failure of the step that ended the run.
        ...describeFailures(step, step.id === aborted?.step),
        ...step.decisions.map((decision) => formatDecision(`decided: ${decision.decision}`, decision)),
        ...describeGeneration(step),
        ...[describeDropped(step), describeUnknown(step, whole), describePause(step), describeWaiting(step, whole)],
        ...[describeSent(step), describeStaying(step, whole)],
      ].flatMap((note) => note ?? []),
  };
}

function describeFailures({ failures, attempts, undo }: InspectedStep, isInHeader: boolean): readonly string[] {
  const told = isInHeader ? failures.slice(0, -1) : failures;
  const shown = told.slice(-MAX_FAILURES);
  const left = told.length - shown.length;
  return [
    ...(attempts > 1 ? [`${attempts} attempts`] : []),
    ...(undo !== undefined && undo.attempts > 1 ? [`${undo.attempts} attempts to undo it`] : []),
    ...(left === 0 ? [] : [`${formatNumberOf(left, "earlier failure")} not shown`]),
    ...shown.map(({ attempt, ms, error, undo: isUndo }) =>
      `${isUndo === true ? "undo " : ""}attempt ${attempt} failed after ${formatDuration(ms)}: ${formatError(error)}`
    ),
  ];
}

function describeGeneration({ generation = 0, rewound = [] }: InspectedStep): readonly string[] {
  if (generation === 0 && rewound.length === 0) return [];
  const times = generation > 1 ? `${generation} times` : "once";
  const key = generation === 0 ? "" : ": it has a new idempotency key";
  return [`rewound ${times}${key}`, ...describeRewound(rewound)];
}

function describeDropped({ dropped, isReferenced }: InspectedStep): string | undefined {
  if (dropped === undefined) return undefined;
  const size = dropped.bytes === undefined ? "" : ` (${dropped.bytes} bytes)`;
  const need = isReferenced ? "; a later step needs it" : "";
  return escapeForTerminal(cutText(`it has no value: ${dropped.reason}${size}${need}`, MAX_NOTE));
}

function describeUnknown(step: InspectedStep, { isRollback, status: whole }: Whole): string | undefined {
  const { status, policy, isApproved, isOverdue, undo, kind } = step;
  if (status !== "unknown" || kind !== "step") return undefined;
  const isUndo = undo?.isUnderWay === true;
  const cause = isOverdue === true ? "did not stop at its time limit" : "was interrupted";
  const what = isUndo ? `its undo ${cause}: it may be undone or not` : `it ${cause}: it may have happened or not`;
  const isUndoable = step.options?.undo !== undefined;
  // No decision is needed any more: the transaction is over, or nothing undoes what the step may have done.
  if (whole === "undone" || (!isUndoable && (whole === "cancelled" || isRollback))) return what;
  if (whole === "cancelled") return `${what}. A rollback ${policy === "probe" ? "calls its probe" : "asks you"}`;
  const again = isUndo ? "undoes it again" : "runs it again";
  if (isApproved) return `${what}. By decision, resume ${again}`;
  const isAsked = policy === "ask" || (policy === "retry" && isRollback && !isUndo);
  if (isAsked) return `${what}. Find out, then decide`;
  return `${what}. Resume ${policy === "probe" ? "calls its probe" : again}`;
}

function describePause({ kind, dueAt, attempts, undo }: InspectedStep): string | undefined {
  if (dueAt === undefined) return undefined;
  if (kind === "sleep") return `until ${formatTime(dueAt)}`;
  const next = undo?.isUnderWay === true ? `undo attempt ${undo.attempts + 1}` : `attempt ${attempts + 1}`;
  return `${next} starts no earlier than ${formatTime(dueAt)}`;
}

function describeWaiting({ kind, signal, status }: InspectedStep, { arrived }: Whole): string | undefined {
  if (kind !== "wait" || status !== "waiting") return undefined;
  if (signal !== undefined && arrived.has(signal)) return "its signal has arrived: resume continues";
  return escapeForTerminal(`waits for the signal ${JSON.stringify(signal)}: send it with the command signal`);
}

function describeSent({ sent }: InspectedStep): string | undefined {
  if (sent === undefined) return undefined;
  return formatDecision(sent.by === undefined ? "its signal arrived" : "its signal was sent", sent);
}

/** What stays while the rest is undone. */
function describeStaying(step: InspectedStep, { status, staying }: Whole): string | undefined {
  if (step.undo?.isLeft === true) return "its effect stays by decision";
  if (step.kind !== "step" || step.options?.undo !== undefined) return undefined;
  if (step.status !== "finished" && step.status !== "unknown") return undefined;
  const isStaying = status === "undone" || staying.has(step.id);
  if (!isStaying) return undefined;
  // Each step of its plan has a note of its own.
  const what = step.within === undefined ? "its effect" : "what it did besides its plan";
  return `${what} stays${step.status === "unknown" ? ", if it has one" : ""}: it has no undo function`;
}
