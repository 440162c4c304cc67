import { formatDuration, formatOffset } from "./format_time.ts";
import type { InspectedStep } from "./inspection.ts";

/** Says behind a step's status when it was started, how long it took, and what came of it. */
export function describeTiming(step: InspectedStep): string {
  const { offsetMs, ms, valueText } = step;
  const parts = [
    offsetMs === undefined ? "" : `at ${formatOffset(offsetMs)}`,
    ms === undefined ? "" : `took ${formatDuration(ms)}`,
  ].filter((part) => part !== "");
  const timing = parts.join(", ");
  if (valueText === undefined || valueText === "undefined") return timing;
  return `${timing}${timing === "" ? "" : "  "}→ ${valueText}`;
}
