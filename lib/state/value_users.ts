import { decodeValue } from "../values/decode_value.ts";
import type { Encoded } from "../values/json.ts";
import { refsIn } from "./check_references.ts";
import { encodedArguments } from "./encoded_arguments.ts";
import { encodedResult } from "./encoded_result.ts";
import { hasHappened } from "./has_happened.ts";
import type { State } from "./state.ts";
import type { StepState } from "./step_state.ts";
import { walkSteps } from "./walk_steps.ts";

/** Something that a step's value goes into. */
export interface ValueUser {
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
export function* valueUsers(state: State, id: string): Generator<ValueUser> {
  if (!state.referenced.has(id)) return;
  for (const step of walkSteps(state.root)) {
    const name = `step ${step.node.id}`;
    for (const path of pathsTo(id, encodedArguments(step))) yield { what: name, step, isPart: false, path };
    if (step.children === undefined || step.value === undefined) continue;
    for (const path of pathsTo(id, step.value)) yield { what: `the value of ${name}`, step, isPart: true, path };
  }
  for (const path of pathsTo(id, encodedResult(state))) {
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
