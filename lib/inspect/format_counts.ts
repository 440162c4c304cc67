import type { InspectedStep } from "./inspection.ts";

/** Shows how many steps have which status: `3 finished, 1 failed, 2 pending`. */
export function formatCounts(steps: Iterable<Pick<InspectedStep, "status">>): string {
  const counts = new Map<string, number>();
  for (const { status } of steps) counts.set(status, (counts.get(status) ?? 0) + 1);
  return Array.from(counts, ([status, count]) => `${formatCount(count)} ${status}`).join(", ");
}

/** Shows a number with a comma between thousands. */
export function formatCount(count: number): string {
  return String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
}
