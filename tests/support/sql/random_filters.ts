import type { QueueLimits } from "../../../lib/storage/work_store.ts";
import type { DueFilter } from "../../../lib/storage/sql/work/due_database.ts";

/** One of some values. */
type Draw = <T>(values: readonly T[]) => T;

/** What a worker would take, of which most transactions of `RandomCalls` are. */
export function drawFilter(one: Draw): DueFilter {
  return {
    queues: one([undefined, [], ["default"], ["limited", "paused", "none"]]),
    homes: one([undefined, undefined, [], ["x", "ü"], ["%", "a'b"]]),
    exclude: one([undefined, [], ["name 1", "x", "NULL", "00000000-0000-7000-8000-000000000001"]]),
  };
}

/** A token comes so late that no history sees it, or at once. */
export function drawLimits(one: Draw): QueueLimits {
  const rate = { perSecond: one([1e-6, 1e6]), burst: one([1, 3]) };
  return { maxRunning: one([undefined, "none", 1, 2]), rate: one([undefined, "none", rate]) };
}
