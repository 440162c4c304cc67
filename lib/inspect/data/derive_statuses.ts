import { isGroup } from "../../plan/node.ts";
import { countSteps, type StatusCounts } from "../../state/progress.ts";
import type { State } from "../../state/state.ts";
import type { StepState, StepStatus } from "../../state/step_state.ts";
import type { InspectedStep } from "./inspected_step.ts";

/** The statuses of nodes as a reader sees them. */
export interface DerivedStatuses {
  /** Of steps, sleeps and waits by themselves. Groups count through what is in them. */
  readonly counts: StatusCounts;
  /**
   * A group has the status of the child that matters most. A step whose plan is not done is `failed` if a part of that is,
   * and `started` otherwise.
   */
  readonly statusOf: (step: StepState) => StepStatus;
  /** The status of a node by itself. */
  readonly ownStatusOf: (step: StepState) => StepStatus;
  /** The counts of everything in a group, or in the plan that a step has returned; nothing for other nodes. */
  readonly within: (step: StepState) => StatusCounts | undefined;
}

/** Of the statuses of its children, a group has the first of these. */
const FIRST_OF_ALL: readonly StepStatus[] = ["failed", "unknown", "started", "waiting"];

/**
 * Derives what the state does not say of a node: a step that was running when its process died is `unknown`, and a group
 * has a status.
 *
 * @param isHeld A process holds the journal, so what was started is running.
 */
export function deriveStatuses(state: State, isHeld: boolean): DerivedStatuses {
  const nested = new Map<StepState, StatusCounts>();
  const ownStatusOf = ({ status }: StepState) => status === "started" && !isHeld ? "unknown" : status;
  const counts = countSteps(state.root, { statusOf: ownStatusOf, nested });
  const isUndoing = state.rollback !== undefined || state.status === "undone";
  return {
    counts,
    ownStatusOf,
    statusOf: (step) => {
      const inner = nested.get(step) ?? {};
      if (isGroup(step.node) && step.status !== "skipped") return groupStatus(inner, state.status === "finished");
      // Its function has finished, but its value does not exist before the plan that it returned is done.
      if (step.status !== "finished" || isUndoing || !hasOpenPart(inner)) return ownStatusOf(step);
      return inner.failed === undefined ? "started" : "failed";
    },
    within: (step) => nested.get(step),
  };
}

/** Of a step: whether its status is that of the plan that it has returned. While it is undone, it has its own. */
export function hasPlanStatus({ status, within, undo }: Pick<InspectedStep, "status" | "within" | "undo">): boolean {
  return within !== undefined && undo === undefined && (status === "failed" || status === "started");
}

function hasOpenPart({ pending, started, waiting, unknown, failed }: StatusCounts): boolean {
  return (pending ?? started ?? waiting ?? unknown ?? failed) !== undefined;
}

function groupStatus(counts: StatusCounts, isOver: boolean): StepStatus {
  const has = (status: StepStatus) => counts[status] !== undefined;
  const first = FIRST_OF_ALL.find(has);
  if (first !== undefined) return first;
  if (has("pending")) return has("finished") || has("skipped") || has("undone") ? "started" : "pending";
  if (has("finished")) return "finished";
  if (has("undone")) return "undone";
  if (has("skipped")) return "skipped";
  return isOver ? "finished" : "pending";
}
