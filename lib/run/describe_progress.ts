import type { State } from "../state/state.ts";
import type { StepState, StepStatus } from "../state/step_state.ts";
import { walkSteps } from "../state/walk_steps.ts";

/** So many ids of steps are named at most. */
const MAX_NAMED = 10;

/** Says in one line which steps have happened, which not, and which were undone. */
export function describeProgress(state: State): string {
  const idle = idsOf(state, "pending", "waiting", "skipped");
  const parts = [
    ["done", idsOf(state, "finished")],
    ["undone", idsOf(state, "undone")],
    ["failed", idsOf(state, "failed")],
    ["of unknown end", idsOf(state, "unknown", "started")],
    ["not run", idle.filter((id) => !state.rewound.has(id))],
    ["not run since the rewind", idle.filter((id) => state.rewound.has(id))],
  ] as const;
  return parts.filter(([, ids]) => ids.length > 0).map(([what, ids]) => `${nameSteps(ids)}: ${what}`).join(". ");
}

/** The ids of the steps that have happened, or may have, and were not undone. */
export function stepsLeft(state: State): readonly string[] {
  return idsOf(state, "finished", "unknown", "started");
}

/** Names steps at the beginning of a sentence, not too many. */
export function nameSteps(ids: readonly string[]): string {
  const named = ids.slice(0, MAX_NAMED).join(", ");
  const more = ids.length <= MAX_NAMED ? "" : ` and ${ids.length - MAX_NAMED} more`;
  return `${ids.length === 1 ? "Step" : "Steps"} ${named}${more}`;
}

function idsOf(state: State, ...statuses: readonly StepStatus[]): readonly string[] {
  const isMeant = ({ node, status }: StepState) => node.kind === "step" && statuses.includes(status);
  return [...walkSteps(state.root)].filter(isMeant).map(({ node }) => node.id);
}
