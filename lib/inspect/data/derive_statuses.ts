import { isGroup } from "../../plan/node.ts";
import { countSteps, type StatusCounts } from "../../state/progress.ts";
import type { State } from "../../state/state.ts";
import type { StepState, StepStatus } from "../../state/step_state.ts";

/** The statuses of nodes as a reader sees them. */
export interface DerivedStatuses {
  /** How many steps, sleeps and waits have each status. Groups count through what is in them. */
  readonly counts: StatusCounts;
  /** The status of a node. A group has that of the child which matters most. */
  readonly statusOf: (step: StepState) => StepStatus;
  /** The counts of all that is in a group, or in the plan that a step has returned; nothing for the others. */
  readonly within: (step: StepState) => StatusCounts | undefined;
}

/** Of several statuses among its children a group has the first of these. */
const FIRST_OF_ALL: readonly StepStatus[] = ["failed", "unknown", "started", "waiting"];

/**
 * Derives what the state does not say of each node: that a step which was at work when its process died is `unknown`, and
 * what becomes of a group.
 *
 * @param isHeld Somebody holds the journal: what was started is at work.
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
  const has = (status: StepStatus) => (counts[status] ?? 0) > 0;
  const first = FIRST_OF_ALL.find(has);
  if (first !== undefined) return first;
  const isBegun = has("finished") || has("skipped") || has("undone");
  if (has("pending")) return isBegun ? "started" : "pending";
  if (has("finished")) return "finished";
  if (has("undone")) return "undone";
  if (has("skipped")) return "skipped";
  return isOver ? "finished" : "pending";
}
