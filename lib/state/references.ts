import { isGroup } from "../plan/node.ts";
import { decodeValue } from "../values/decode_value.ts";
import { findPlaceholders } from "../values/annotations.ts";
import type { Encoded, Placeholder } from "../values/json.ts";
import { describeUnknownStep } from "./describe_unknown_step.ts";
import { hasUndo } from "./rollback.ts";
import { findStep, type State } from "./state.ts";
import type { StepState } from "./step_state.ts";
import { encodedArguments, hasHappened, parentId, walkSteps } from "./walk_steps.ts";

/** Something that a step's value goes into. */
interface ValueUser {
  /** What it is, for a sentence. */
  readonly what: string;
  /** The step that gets it as an argument, or whose own value it is a part of; absent for the transaction's value. */
  readonly step?: StepState;
  /** It is a part of that step's value, since the step returned a plan. */
  readonly isPart: boolean;
  /** Which part of the value is taken. */
  readonly path: readonly string[];
}

/** Everything that the value of a step goes into, in the order of the plan. */
function* valueUsers(state: State, id: string): Generator<ValueUser> {
  if (!state.referenced.has(id)) return;
  for (const step of walkSteps(state.root)) {
    const name = `step ${step.node.id}`;
    for (const path of pathsTo(id, encodedArguments(step))) yield { what: name, step, isPart: false, path };
    if (step.children === undefined || step.value === undefined) continue;
    for (const path of pathsTo(id, step.value)) yield { what: `the value of ${name}`, step, isPart: true, path };
  }
  for (const path of pathsTo(id, state.value)) {
    yield { what: "the transaction's own value", isPart: false, path };
  }
}

/** Names a user that still needs the value, and is not among those that are left out with the step. */
export function findOpenUser(state: State, id: string, left: ReadonlySet<string>): string | undefined {
  for (const user of valueUsers(state, id)) {
    if (isOpen(user) && !(user.step !== undefined && left.has(user.step.node.id))) return user.what;
  }
  return undefined;
}

/** Names a step that has happened, or may have, with the value. */
export function findPastUser(state: State, id: string): string | undefined {
  // What a plan returned may go into another; a journal that somebody made may have them go round in a circle.
  const ids = new Set([id]);
  for (const other of ids) {
    for (const { step, isPart } of valueUsers(state, other)) {
      if (step === undefined) continue;
      if (isPart) ids.add(step.node.id);
      else if (hasHappened(step)) return step.node.id;
    }
  }
  return undefined;
}

/**
 * Tells what a value lacks that is still needed of it, as the end of a sentence.
 *
 * @param state What is true.
 * @param id The step whose value it is to be.
 * @param value The value.
 * @param options What has happened with an earlier value counts as well, since it may be made to happen again.
 */
export function findMissingPart(
  state: State,
  id: string,
  value: Encoded,
  { isPastMeant = false }: { readonly isPastMeant?: boolean } = {},
): string | undefined {
  let decoded: { readonly value: unknown } | undefined;
  for (const user of valueUsers(state, id)) {
    if (user.path.length === 0 || !(isPastMeant || isOpen(user))) continue;
    decoded ??= { value: decodeValue(value) };
    const problem = describeMissing(decoded.value, user.path);
    if (problem !== undefined) return `${user.what} needs ${problem}`;
  }
  return undefined;
}

/** Says why a part of a value cannot be taken; nothing if it can. */
export function describeMissing(value: unknown, path: readonly string[]): string | undefined {
  let part = value;
  for (const [index, key] of path.entries()) {
    const place = JSON.stringify(path.slice(0, index + 1).join("."));
    if (part === null || part === undefined) return `its part ${place}, and there it is ${String(part)}`;
    const property = Object.getOwnPropertyDescriptor(Object(part), key);
    if (property === undefined) return `its part ${place}, which is not in it`;
    part = property.value;
  }
  return undefined;
}

function isOpen({ step, isPart }: ValueUser): boolean {
  if (step === undefined || isPart) return true;
  return step.status !== "finished" && step.status !== "skipped" && step.status !== "undone";
}

function pathsTo(id: string, encoded: Encoded): readonly (readonly string[])[] {
  return refsIn(encoded).filter(({ step }) => step === id).map(({ path }) => path);
}

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
function refsIn(encoded: Encoded): readonly Extract<Placeholder, { kind: "ref" }>[] {
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
