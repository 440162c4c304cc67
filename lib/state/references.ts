import { isGroup } from "../plan/node.ts";
import { findPlaceholders } from "../values/annotations.ts";
import { decodeValue, type MissingPart, takePart } from "../values/decode_value.ts";
import type { Encoded, Placeholder } from "../values/json.ts";
import { describeUnknownStep } from "./describe_unknown_step.ts";
import { hasUndo } from "./rollback.ts";
import { countVisits, findStep, ImpossibleEvent, type State } from "./state.ts";
import type { StepState } from "./step_state.ts";
import { encodedArguments, hasHappened, isPlannedBefore, nodesAround, walkSteps } from "./walk_steps.ts";

/** The ids of the steps whose values an encoded value refers to. */
export function referencesOf(encoded: Encoded): readonly string[] {
  return placeholdersOf(encoded).flatMap((placeholder) => (placeholder.kind === "ref" ? [placeholder.step] : []));
}

/**
 * Notes which steps' values an encoded value refers to. They must have been planned before. If a step, the planner,
 * returned the value or the plan it is in, they are steps of that plan alone: so values never form a circle.
 */
export function noteReferences(state: State, encoded: Encoded, planner?: string): void {
  for (const id of referencesOf(encoded)) {
    if (planner !== undefined && !id.startsWith(`${planner}.`)) {
      throw new ImpossibleEvent(`the plan of step ${planner} refers to step ${id}, which is not a part of it`);
    }
    if (!state.byId.has(id)) throw new ImpossibleEvent(`a value refers to step ${id}, which is not planned before`);
    state.referenced.add(id);
  }
}

/** Refuses placeholders in a step's value: they could form a circle, or read a variable that no call shows. */
export function checkStepValue(step: string, encoded: Encoded): void {
  if (encoded.meta === undefined) return;
  if (encoded.value === undefined) throw new ImpossibleEvent(`the value of step ${step} is missing beside its meta`);
  if (placeholdersOf(encoded).length > 0) {
    throw new ImpossibleEvent(`the value of step ${step} has a placeholder in it`);
  }
}

function placeholdersOf(encoded: Encoded): readonly Placeholder[] {
  try {
    return findPlaceholders(encoded);
  } catch (error) {
    throw new ImpossibleEvent(error instanceof Error ? error.message : String(error));
  }
}

/** Something that a step's value becomes a part of. */
interface ValueUser {
  /** What it is, for a sentence. */
  readonly what: string;
  /** The step that gets it as an argument, or whose own value it is a part of; absent for the transaction's value. */
  readonly step?: StepState;
  /** It is a part of that step's value, since the step returned a plan. */
  readonly isPart: boolean;
  /** Which part of the value is used. */
  readonly path: readonly string[];
}

/** Everything that uses the value of a step, in the order of the plan. */
function* valueUsers(
  state: State,
  id: string,
  mayUse: (step: StepState) => boolean = () => true,
): Generator<ValueUser> {
  if (!state.referenced.has(id)) return;
  for (const step of walkSteps(state.root)) {
    if (!mayUse(step)) continue;
    const name = `step ${step.node.id}`;
    for (const path of pathsTo(id, encodedArguments(step))) yield { what: name, step, isPart: false, path };
    if (step.children === undefined || step.value === undefined) continue;
    for (const path of pathsTo(id, step.value)) yield { what: `the value of ${name}`, step, isPart: true, path };
  }
  for (const path of pathsTo(id, state.value)) yield { what: "the transaction's own value", isPart: false, path };
}

function pathsTo(id: string, encoded: Encoded): readonly (readonly string[])[] {
  return findPlaceholders(encoded).flatMap((found) => (found.kind === "ref" && found.step === id ? [found.path] : []));
}

/** Names a user that still needs the value, and is not among those that are left out with the step. */
export function findOpenUser(state: State, id: string, left: ReadonlySet<string>): string | undefined {
  for (const user of valueUsers(state, id)) {
    if (isOpen(user) && !(user.step !== undefined && left.has(user.step.node.id))) return user.what;
  }
  return undefined;
}

function isOpen({ step, isPart }: ValueUser): boolean {
  if (step === undefined || isPart) return true;
  return step.status !== "finished" && step.status !== "skipped" && step.status !== "undone";
}

/** Names a step that has happened, or may have, with the value. `visit` is told of each node that is looked at. */
export function findPastUser(state: State, id: string, visit?: (step: StepState) => void): string | undefined {
  const mayUse = (step: StepState) => {
    visit?.(step);
    return step.children !== undefined || hasHappened(step);
  };
  // The value of one plan may be a part of another's; in a forged journal they may form a circle.
  const ids = new Set([id]);
  for (const other of ids) {
    for (const { step, isPart } of valueUsers(state, other, mayUse)) {
      if (step === undefined) continue;
      if (isPart) ids.add(step.node.id);
      else if (hasHappened(step)) return step.node.id;
    }
  }
  return undefined;
}

/**
 * Says which part that is still needed the value of a step will lack, as the end of a sentence. If `isPastMeant`, what
 * has happened with an earlier value counts as well, since it may run again.
 */
export function findMissingPart(
  state: State,
  id: string,
  value: Encoded,
  { isPastMeant = false } = {},
): string | undefined {
  let decoded: { readonly value: unknown } | undefined;
  for (const user of valueUsers(state, id)) {
    if (user.path.length === 0 || !(isPastMeant || isOpen(user))) continue;
    decoded ??= { value: decodeValue(value) };
    const taken = takePart(decoded.value, user.path);
    if (!("value" in taken)) return `${user.what} needs ${describeMissing(user.path, taken)}`;
  }
  return undefined;
}

const MAX_PARTS = 3;

/** Names the parts of a step's value that are still needed, if what is needed is not the value as a whole. */
export function describeNeededParts(state: State, id: string): string | undefined {
  const parts = new Set<string>();
  for (const user of valueUsers(state, id)) {
    if (user.path.length > 0 && isOpen(user)) parts.add(JSON.stringify(user.path.join(".")));
  }
  if (parts.size === 0) return undefined;
  const named = [...parts].slice(0, MAX_PARTS).join(", ");
  return `its ${parts.size === 1 ? "part" : "parts"} ${named}${parts.size > MAX_PARTS ? " and others" : ""}`;
}

export function describeMissing(path: readonly string[], { at, within }: MissingPart): string {
  const reason = within === null || within === undefined ? `: ${String(within)} has no parts` : "";
  return `its part ${JSON.stringify(path.slice(0, at + 1).join("."))}, which is missing${reason}`;
}

/** Makes a step refer to what its new arguments refer to. */
export function checkNewArguments(state: State, id: string, args: Encoded): void {
  // In this order: a value counts as kept once it is noted.
  const { length } = referencesOf(args);
  if (length === 0) return;
  // Finding a node among its neighbours is quick, so 64 of them count as one visit.
  countVisits(state, length * Math.ceil(state.byId.size / 64));
  const reason = checkReferences(state, id, args);
  if (reason !== undefined) throw new ImpossibleEvent(`step ${id} cannot have these arguments: ${reason}`);
  noteReferences(state, args);
}

/**
 * Says why a step may not get arguments that were not planned with the rest, as the end of a sentence: they refer only to
 * earlier steps, and of finished ones only to values that a run still has. `state` is before they count.
 */
export function checkReferences(state: State, id: string, args: Encoded): string | undefined {
  for (const target of referencesOf(args)) {
    const reason = checkReference(state, id, target);
    if (reason !== undefined) return `it would refer to step ${target}, ${reason}`;
  }
  return undefined;
}

function checkReference(state: State, id: string, target: string): string | undefined {
  const step = findStep(state, target);
  if (step === undefined) return `and ${describeUnknownStep(state, target)}`;
  if (target === id || id.startsWith(`${target}.`)) return "which it is a part of";
  if (!isPlannedBefore(state, target, id)) return "which does not come before it";
  if (isGroup(step.node) || step.node.kind === "sleep") return `a ${step.node.kind}, which has no value`;
  // When the step that returned the plan of the target runs again, it may return another plan.
  const planner = nodesAround(state, target).find(({ node }) => node.kind === "step" && !id.startsWith(`${node.id}.`))
    ?.node.id;
  if (planner !== undefined) return `which only the plan that step ${planner} returned knows: refer to step ${planner}`;
  if (step.status === "finished" && !isValueKept(state, step)) {
    return "which is finished and whose value was not kept, since nothing referred to it";
  }
  return undefined;
}

/** Whether a run keeps the value of a finished step: if something referred to it when it ended, or its undo gets it. */
export function isValueKept(state: State, step: StepState): boolean {
  return state.referenced.has(step.node.id) || hasUndo(step);
}
