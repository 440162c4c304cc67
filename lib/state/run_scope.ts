import { DecisionRefused } from "../errors/decision_errors.ts";
import { describeUnknownStep } from "./describe_unknown_step.ts";
import { type NextActions, nextActions } from "./next_actions.ts";
import { findStep, type State } from "./state.ts";
import { isSettled, type StepState } from "./step_state.ts";
import { parentId, walkSteps } from "./walk_steps.ts";

/** How much of a transaction a run shall do. At most one of the two. */
export interface ScopeRequest {
  /** The last step, by number or name, with what lies in it: what stands behind it in the plan does not begin. */
  readonly until?: string | undefined;
  /** The one step, by number or name, with what lies in it. */
  readonly only?: string | undefined;
}

/** Tells whether a step shall come to its turn in a run. */
export type RunScope = (step: StepState) => boolean;

/**
 * Makes the scope of a run.
 *
 * @param state What is true, decisions included.
 * @returns The scope; nothing if the run shall do all.
 * @throws {DecisionRefused} There is no such step, or nothing that could be done now.
 */
export function makeScope(journal: string, state: State, { until, only }: ScopeRequest): RunScope | undefined {
  const word = only ?? until;
  if (word === undefined) return undefined;
  const id = state.names.get(word) ?? word;
  const step = findStep(state, id);
  const what = only === undefined ? `run until step ${word}` : `run only step ${word}`;
  const refuse = (why: string) => new DecisionRefused(journal, id, `Cannot ${what}: ${why}`);
  if (step === undefined) throw refuse(describeUnknownStep(state, word));
  if (state.rollback !== undefined) throw refuse("the transaction is being rolled back");
  if (isSettled(step)) throw refuse("it is done, or left out, already");
  const isInside = (other: string) => other === id || other.startsWith(`${id}.`);
  const scope: RunScope = only === undefined ? notBehind(state, step, isInside) : ({ node }) => isInside(node.id);
  const next = nextActions(state, { isDue: () => true, isWanted: scope });
  if (isNothing(next)) throw refuse(`step ${next.held?.node.id ?? ""} comes first`);
  return scope;
}

/** What lies in a step that is behind, as the plan that it may return, is behind, too. */
function notBehind(state: State, until: StepState, isInside: (id: string) => boolean): RunScope {
  const behind = new Set<string>();
  let isBehind = false;
  for (const { node } of walkSteps(state.root)) {
    if (isBehind && !isInside(node.id)) behind.add(node.id);
    if (node.id === until.node.id) isBehind = true;
  }
  return ({ node }) => {
    for (let id: string | undefined = node.id; id !== undefined; id = parentId(id)) {
      if (behind.has(id)) return false;
    }
    return true;
  };
}

function isNothing({ actions, questions, waits, timers, isEnd }: NextActions): boolean {
  return !isEnd && actions.length + questions.length + waits.length + timers.length === 0;
}
