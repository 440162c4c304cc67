import { suggestName } from "../text/suggest_name.ts";
import { findStep, type State } from "./state.ts";
import type { StepState } from "./step_state.ts";
import { parentId } from "./walk_steps.ts";

/** How many containers are listed by number. */
const MAX_LISTED = 3;

/** Says which steps there are, and which one may be meant by a word that names none, as the end of a sentence. */
export function describeUnknownStep(state: State, word: string): string {
  const near = suggestName(word, [...state.names.keys()]);
  const names = near !== undefined
    ? `. Did you mean ${near}?`
    : state.names.size === 0
    ? ""
    : "; a step can also be given by its name, if it has one";
  return `the plan has no such step: ${describeSteps(state, word)}${names}`;
}

function describeSteps(state: State, word: string): string {
  const parent = findStep(state, parentId(word) ?? "");
  if (parent !== undefined) {
    const { node: { id }, children } = parent;
    return `step ${id} has ${children === undefined ? "none" : rangeOf(children.children)} in it`;
  }
  const { children } = state.root;
  const outer = children.filter((step) => (step.children?.children.length ?? 0) > 0).map(({ node }) => node.id);
  if (children.length === 0) return "it has none";
  const all = children.length === 1 ? `step ${rangeOf(children)} alone` : `steps ${rangeOf(children)}`;
  if (outer.length === 0) return `it has ${all}`;
  const listed = outer.length > MAX_LISTED ? "some of them" : listOf(outer);
  return `it has ${all}, and more within ${listed}`;
}

/** The order of steps is not that of their numbers: an inserted step gets the next free number. */
function rangeOf(steps: readonly StepState[]): string {
  const ids = steps.map(({ node }) => node.id).toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1));
  const [first, last] = [ids[0], ids.at(-1)];
  if (first === undefined) return "none";
  return first === last ? first : `${first} to ${last}`;
}

function listOf(ids: readonly string[]): string {
  return ids.length < 2 ? ids.join() : `${ids.slice(0, -1).join(", ")} and ${ids.at(-1)}`;
}
