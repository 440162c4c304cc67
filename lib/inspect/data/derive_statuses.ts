import { isGroup } from "../../plan/node.ts";
import { countSteps, type StatusCounts } from "../../state/progress.ts";
import type { State } from "../../state/state.ts";
import type { StepState, StepStatus } from "../../state/step_state.ts";

/** The statuses of nodes as a reader sees them. */
export interface DerivedStatuses {
  /** Of steps, sleeps and waits. Groups count through what is in them. */
  readonly counts: StatusCounts;
  /** A group has the status of the child that matters most. */
  readonly statusOf: (step: StepState) => StepStatus;
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
  const ownStatus = ({ status }: StepState) => status === "started" && !isHeld ? "unknown" : status;
  const counts = countSteps(state.root, { statusOf: ownStatus, nested });
  return {
    counts,
    statusOf: (step) =>
      isGroup(step.node) && step.status !== "skipped"
        ? groupStatus(nested.get(step) ?? {}, state.status === "finished")
        : ownStatus(step),
    within: (step) => nested.get(step),
  };
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
