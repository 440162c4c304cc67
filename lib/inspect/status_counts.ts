import type { StepStatus } from "../state/step_state.ts";

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
