import { labelStep } from "../plan/node.ts";
import { findStep, type State } from "../state/state.ts";
import type { StepState, StepStatus } from "../state/step_state.ts";
import { walkSteps } from "../state/walk_steps.ts";

/** Names a step at the beginning of a sentence: its number, and its name or its function's. Escaped. */
export function describeStep(state: State, id: string): string {
  return capital(describeInSentence(state, id));
}

/** Names a step within a sentence. Escaped. */
export function describeInSentence(state: State, id: string): string {
  const node = findStep(state, id)?.node;
  const name = node?.name ?? (node?.kind === "step" ? node.export : "");
  return labelStep(id, name);
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const MAX_NAMED = 10;

/** Says in one line which steps have happened, which have not, and which were undone. */
export function describeProgress(state: State): string {
  const idle = idsOf(state, "pending", "waiting", "skipped");
  const parts = [
    ["done", idsOf(state, "finished")],
    ["undone", idsOf(state, "undone")],
    ["failed", idsOf(state, "failed")],
    ["outcome unknown", idsOf(state, "unknown", "started")],
    ["not run", idle.filter((id) => !state.rewound.has(id))],
    ["not run since the rewind", idle.filter((id) => state.rewound.has(id))],
  ] as const;
  return parts.filter(([, ids]) => ids.length > 0).map(([what, ids]) => `${nameSteps(ids)}: ${what}`).join(". ");
}

/** The ids of the steps that have happened, or may have, and were not undone. */
export function stepsLeft(state: State): readonly string[] {
  return idsOf(state, "finished", "unknown", "started");
}

export function nameSteps(ids: readonly string[]): string {
  const named = ids.slice(0, MAX_NAMED).join(", ");
  const more = ids.length <= MAX_NAMED ? "" : ` and ${ids.length - MAX_NAMED} more`;
  return `${ids.length === 1 ? "Step" : "Steps"} ${named}${more}`;
}

function idsOf(state: State, ...statuses: readonly StepStatus[]): readonly string[] {
  const isMeant = ({ node, status }: StepState) => node.kind === "step" && statuses.includes(status);
  return [...walkSteps(state.root)].filter(isMeant).map(({ node }) => node.id);
}

/** Says what no rollback can undo, as the end of a sentence, if there are such steps. */
export function describeRewound(ids: readonly string[]): readonly string[] {
  const effects = ids.length === 1 ? "its effect stays" : "their effects stay";
  return ids.length === 0 ? [] : [`${nameSteps(ids).toLowerCase()} happened before the rewind, and ${effects}`];
}
