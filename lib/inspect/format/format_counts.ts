import { doneOf, type StatusCounts } from "../../state/progress.ts";

/** Shows a number with a comma between thousands. */
export function formatCount(count: number): string {
  return String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
}

/** Shows a number of things: `1 step`, `1,200 steps`. */
export function formatNumberOf(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** Shows how many steps have which status: `3 finished, 1 failed, 2 pending`. */
export function formatCounts(counts: StatusCounts): string {
  return Object.entries(counts).map(([status, count]) => `${formatCount(count)} ${status}`).join(", ");
}

/** Shows the same for steps that are left out of a list: `5 steps pending`, `3 steps: 1 failed, 2 pending`. */
export function formatLeftOut(counts: StatusCounts): string {
  const [first = "", ...others] = Object.keys(counts);
  const steps = formatNumberOf(doneOf(counts).all, "step");
  return others.length === 0 ? `${steps} ${first}` : `${steps}: ${formatCounts(counts)}`;
}
