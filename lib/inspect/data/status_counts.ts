import type { StepStatus } from "../../state/step_state.ts";

/** How many steps have each status, in the order in which the plan has them; those that none has are left out. */
export type StatusCounts = Readonly<Partial<Record<StepStatus, number>>>;

/** Counts that are still being made. */
export type OpenStatusCounts = { -readonly [K in keyof StatusCounts]: StatusCounts[K] };

/** Adds so many steps of one status. */
export function addToStatusCounts(counts: OpenStatusCounts, status: StepStatus, count = 1): void {
  counts[status] = (counts[status] ?? 0) + count;
}

/** Adds up all statuses. */
export function totalOfStatusCounts(counts: StatusCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** Shows how many steps have which status: `3 finished, 1 failed, 2 pending`. */
export function formatCounts(counts: StatusCounts): string {
  return Object.entries(counts).map(([status, count]) => `${formatCount(count)} ${status}`).join(", ");
}

/** Shows the same of steps that are left out of a list: `5 steps pending`, `3 steps: 1 failed, 2 pending`. */
export function formatLeftOut(counts: StatusCounts): string {
  const [first = "", ...others] = Object.keys(counts);
  const total = totalOfStatusCounts(counts);
  const steps = `${formatCount(total)} ${total === 1 ? "step" : "steps"}`;
  return others.length === 0 ? `${steps} ${first}` : `${steps}: ${formatCounts(counts)}`;
}

/** Shows a number with a comma between thousands. */
export function formatCount(count: number): string {
  return String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
}
