import type { Encoded } from "../values/json.ts";
import type { Placeholder } from "../values/placeholder.ts";
import { findPlaceholders } from "../values/find_placeholders.ts";
import { describeUnknownStep } from "./describe_unknown_step.ts";
import { isGroup } from "./is_complete.ts";
import { hasUndo } from "./rollback.ts";
import { findStep, type State } from "./state.ts";
import type { StepState } from "./step_state.ts";
import { parentId, walkSteps } from "./walk_steps.ts";

/**
 * Tells why a step that is in the plan may not get arguments that were not planned with the rest: they may refer only to
 * what stands before it, and, of what is finished, only to values that a run still has.
 *
 * @param state What is true before the arguments count.
 * @param id The step's id.
 * @param encoded Its arguments.
 * @returns Why not, as the end of a sentence; nothing if it may.
 */
export function checkReferences(state: State, id: string, encoded: Encoded): string | undefined {
  const refs = findPlaceholders(encoded).filter((placeholder) => placeholder.kind === "ref");
  if (refs.length === 0) return undefined;
  const before = stepsBefore(state, id);
  for (const { step } of refs) {
    const reason = checkReference(state, id, step, before);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/**
 * Whether a run that goes on with the journal has the value of a step that is finished. It keeps only what somebody
 * referred to when the step ended, or what its undo function will get.
 */
export function isValueKept(state: State, step: StepState): boolean {
  return state.referenced.has(step.node.id) || hasUndo(step);
}

/** The refs in an encoded value. */
export function refsIn(encoded: Encoded): readonly Extract<Placeholder, { kind: "ref" }>[] {
  return findPlaceholders(encoded).filter((placeholder) => placeholder.kind === "ref");
}

function checkReference(
  state: State,
  id: string,
  target: string,
  before: ReadonlySet<string>,
): string | undefined {
  const step = findStep(state, target);
  if (step === undefined) return `it would refer to step ${target}, and ${describeUnknownStep(state, target)}`;
  if (target === id || id.startsWith(`${target}.`)) return `it would refer to step ${target}, which it is a part of`;
  if (!before.has(target)) return `it would refer to step ${target}, which does not come before it`;
  if (isGroup(step.node) || step.node.kind === "sleep") {
    return `it would refer to step ${target}, a ${step.node.kind}, which has no value`;
  }
  const planner = planningStep(state, target, id);
  if (planner !== undefined) {
    return `it would refer to step ${target}, which is known within the plan that step ${planner} returned alone: ` +
      `refer to step ${planner}`;
  }
  if (step.status === "finished" && !isValueKept(state, step)) {
    return `it would refer to step ${target}, which is finished and whose value was not kept, since nobody referred to it`;
  }
  return undefined;
}

/** The step whose returned plan holds one step and not the other. When that plan is run again, it may be another one. */
function planningStep(state: State, target: string, id: string): string | undefined {
  for (let inside = parentId(target); inside !== undefined; inside = parentId(inside)) {
    if (findStep(state, inside)?.node.kind === "step" && !id.startsWith(`${inside}.`)) return inside;
  }
  return undefined;
}

function stepsBefore(state: State, id: string): ReadonlySet<string> {
  const before = new Set<string>();
  for (const { node } of walkSteps(state.root)) {
    if (node.id === id) break;
    before.add(node.id);
  }
  return before;
}
