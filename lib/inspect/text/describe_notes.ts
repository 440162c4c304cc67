import { describeRewound } from "../../messages/describe_step.ts";
import { escapeForTerminal } from "../../text/escape.ts";
import type { InspectedStep } from "../data/inspected_step.ts";
import type { Inspection } from "../data/inspection.ts";
import { formatError } from "../format/format_error.ts";
import { formatDuration, formatTime } from "../format/format_time.ts";
import { cutText } from "../format/format_value.ts";

const MAX_NOTE = 300;
const MAX_FAILURES = 3;

/** What the transaction as a whole tells about its steps. */
type NotedInspection = Pick<Inspection, "aborted" | "status" | "rollback" | "signals">;

/** What else is to be said about a step, one line each: attempts, decisions, what its status means. Escaped. */
export function describeNotes(step: InspectedStep, inspection: NotedInspection): readonly string[] {
  // The last failure of the step that ended the run stands in the header already.
  const isToldAbove = step.id === inspection.aborted?.step;
  return [
    ...describeFailures(step, isToldAbove),
    ...step.decisions.map(describeDecision),
    ...describeGeneration(step),
    ...describeDropped(step),
    ...describeUnknown(step, inspection),
    ...describePause(step),
    ...describeWaiting(step, inspection),
    ...describeSent(step),
    ...describeStaying(step, inspection),
  ];
}

function describeFailures({ failures, attempts, undo }: InspectedStep, isToldAbove: boolean): readonly string[] {
  const told = isToldAbove ? failures.slice(0, -1) : failures;
  const shown = told.slice(-MAX_FAILURES);
  const left = told.length - shown.length;
  return [
    ...(attempts > 1 ? [`${attempts} attempts`] : []),
    ...(undo !== undefined && undo.attempts > 1 ? [`${undo.attempts} attempts to undo it`] : []),
    ...(left === 0 ? [] : [`${left} earlier ${left === 1 ? "failure" : "failures"} not shown`]),
    ...shown.map(({ attempt, ms, error, undo: isUndo }) =>
      `${isUndo === true ? "undo " : ""}attempt ${attempt} failed after ${formatDuration(ms)}: ${formatError(error)}`
    ),
  ];
}

function describeDecision({ decision, at, by, why }: InspectedStep["decisions"][number]): string {
  const who = by === undefined ? "" : ` by ${by}`;
  const reason = why === undefined ? "" : `: ${why}`;
  return escapeForTerminal(cutText(`decided: ${decision}${who}, ${formatTime(at)}${reason}`, MAX_NOTE));
}

function describeGeneration({ generation = 0, rewound = [] }: InspectedStep): readonly string[] {
  if (generation === 0 && rewound.length === 0) return [];
  const times = generation > 1 ? `${generation} times` : "once";
  const key = generation === 0 ? "" : ": its idempotency key is another one since";
  return [`rewound ${times}${key}`, ...(rewound.length === 0 ? [] : [describeRewound(rewound)])];
}

function describeDropped({ dropped, isReferenced }: InspectedStep): readonly string[] {
  if (dropped === undefined) return [];
  const size = dropped.bytes === undefined ? "" : ` (${dropped.bytes} bytes)`;
  const need = isReferenced ? "; a later step needs it" : "";
  return [escapeForTerminal(cutText(`it has no value: ${dropped.reason}${size}${need}`, MAX_NOTE))];
}

function describeUnknown(step: InspectedStep, { rollback, status: whole }: NotedInspection): readonly string[] {
  const { status, policy, isApproved, isOverdue, undo, kind } = step;
  if (status !== "unknown" || kind !== "step") return [];
  const isUndo = undo?.isUnderWay === true;
  const end = isOverdue === true
    ? "did not stop when it was told to, at its time limit"
    : `nobody wrote down how ${isUndo ? "that" : "it"} ended`;
  const what = isUndo
    ? `its undo was started, and ${end}: it may be undone or not`
    : `it was started, and ${end}: it may have happened or not`;
  const isUndoable = step.options?.undo !== undefined;
  // Nobody asks any more: all is over, or nothing takes back what it may have done.
  if (whole === "undone" || (!isUndoable && (whole === "cancelled" || rollback !== undefined))) return [what];
  if (whole === "cancelled") {
    return [`${what}. A rollback ${policy === "probe" ? "has its probe find" : "asks to find"} out`];
  }
  const again = isUndo ? "undoes it again" : "runs it again";
  if (isApproved) return [`${what}. It was decided that resume ${again}`];
  if (rollback !== undefined && !isUndo && policy === "retry") return [`${what}. Find out, then say so`];
  switch (policy) {
    case "retry":
      return [`${what}. Resume ${again}`];
    case "probe":
      return [`${what}. Resume has its probe find out`];
    case "ask":
      return [`${what}. Find out, then say so`];
    default:
      return policy satisfies never;
  }
}

function describePause({ kind, dueAt, attempts, undo }: InspectedStep): readonly string[] {
  if (dueAt === undefined) return [];
  if (kind === "sleep") return [`until ${formatTime(dueAt)} UTC`];
  const next = undo?.isUnderWay === true ? `undo attempt ${undo.attempts + 1}` : `attempt ${attempts + 1}`;
  return [`${next} comes not before ${formatTime(dueAt)} UTC`];
}

function describeWaiting({ kind, signal, status }: InspectedStep, { signals }: NotedInspection): readonly string[] {
  if (kind !== "wait" || status !== "waiting") return [];
  if (signals.some((arrived) => arrived.signal === signal)) return ["its signal is there: resume goes on"];
  return [escapeForTerminal(`waits for the signal ${JSON.stringify(signal)}: send it with the command signal`)];
}

function describeSent({ sent }: InspectedStep): readonly string[] {
  if (sent === undefined) return [];
  const said = sent.by === undefined ? "its signal arrived" : `its signal was sent by ${sent.by}`;
  return [escapeForTerminal(cutText(`${said}, ${formatTime(sent.at)} UTC`, MAX_NOTE))];
}

/** What is left where the rest is undone. */
function describeStaying(step: InspectedStep, { status, rollback }: NotedInspection): readonly string[] {
  if (step.undo?.isLeft === true) return ["its effect stays: that was decided"];
  if (step.kind !== "step" || step.options?.undo !== undefined) return [];
  if (step.status !== "finished" && step.status !== "unknown") return [];
  const isStaying = status === "undone" || rollback?.staying.includes(step.id) === true;
  if (!isStaying) return [];
  // Of the steps of its plan each tells for itself.
  const what = step.within === undefined ? "its effect" : "what it did besides its plan";
  return [`${what} stays${step.status === "unknown" ? ", if it has one" : ""}: it has no undo function`];
}
