import { escapeForTerminal } from "../values/escape_for_terminal.ts";
import { formatError } from "./format_error.ts";
import { cutText } from "./format_parts.ts";
import { formatDuration, formatTime } from "./format_time.ts";
import type { InspectedStep } from "./inspection.ts";

const MAX_NOTE = 300;
const MAX_FAILURES = 3;

/**
 * What else is to be said about a step, one line each: attempts, decisions, what its status means.
 *
 * @param isToldAbove The last failure stands in the header already.
 */
export function describeNotes(step: InspectedStep, isToldAbove: boolean): readonly string[] {
  return [
    ...describeFailures(step, isToldAbove),
    ...step.decisions.map(describeDecision),
    ...describeDropped(step),
    ...describeUnknown(step),
    ...describePause(step),
  ];
}

function describeFailures({ failures, attempts }: InspectedStep, isToldAbove: boolean): readonly string[] {
  const told = isToldAbove ? failures.slice(0, -1) : failures;
  const shown = told.slice(-MAX_FAILURES);
  const left = told.length - shown.length;
  return [
    ...(attempts > 1 ? [`${attempts} attempts`] : []),
    ...(left === 0 ? [] : [`${left} earlier ${left === 1 ? "failure" : "failures"} not shown`]),
    ...shown.map(({ attempt, ms, error }) =>
      `attempt ${attempt} failed after ${formatDuration(ms)}: ${formatError(error)}`
    ),
  ];
}

function describeDecision({ decision, at, by, why }: InspectedStep["decisions"][number]): string {
  const who = by === undefined ? "" : ` by ${by}`;
  const reason = why === undefined ? "" : `: ${why}`;
  return escapeForTerminal(cutText(`decided: ${decision}${who}, ${formatTime(at)}${reason}`, MAX_NOTE));
}

function describeDropped({ dropped, isReferenced }: InspectedStep): readonly string[] {
  if (dropped === undefined) return [];
  const size = dropped.bytes === undefined ? "" : ` (${dropped.bytes} bytes)`;
  const need = isReferenced ? "; a later step needs it" : "";
  return [escapeForTerminal(cutText(`it has no value: ${dropped.reason}${size}${need}`, MAX_NOTE))];
}

function describeUnknown({ status, policy, isApproved }: InspectedStep): readonly string[] {
  if (status !== "unknown") return [];
  const what = "it was started, and nobody wrote down how it ended: it may have happened or not";
  if (isApproved) return [`${what}. It was decided that resume runs it again`];
  switch (policy) {
    case "retry":
      return [`${what}. Resume runs it again`];
    case "probe":
      return [`${what}. Resume has its probe find out`];
    case "ask":
      return [`${what}. Find out, then say so`];
    default:
      return policy satisfies never;
  }
}

function describePause({ retryAt, attempts }: InspectedStep): readonly string[] {
  return retryAt === undefined ? [] : [`attempt ${attempts + 1} comes not before ${formatTime(retryAt)}`];
}
