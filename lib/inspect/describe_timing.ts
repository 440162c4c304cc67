import { formatCounts } from "./format_counts.ts";
import { formatDuration, formatOffset } from "./format_time.ts";
import type { InspectedStep } from "./inspected_step.ts";

/** Says behind a step's status when it was started, how long it took, and what came of it. */
export function describeTiming(step: InspectedStep): string {
  const { kind, offsetMs, ms, undo, within = {} } = step;
  const counts = formatCounts(within);
  if (kind === "parallel" || kind === "sequence") return counts;
  const what = undo !== undefined && undo.attempts > 0 ? "undo " : "";
  const parts = [
    offsetMs === undefined ? "" : `${what}at ${formatOffset(offsetMs)}`,
    ms === undefined ? "" : `took ${formatDuration(ms)}`,
  ].filter((part) => part !== "");
  const outcome = outcomeOf(step, counts);
  return [parts.join(", "), outcome].filter((part) => part !== "").join("  ");
}

/** A step whose value is a plan has come to that. */
function outcomeOf({ valueText, within }: InspectedStep, counts: string): string {
  if (within !== undefined) return counts === "" ? "→ a plan without steps" : `→ a plan: ${counts}`;
  return valueText === undefined || valueText === "undefined" ? "" : `→ ${valueText}`;
}
