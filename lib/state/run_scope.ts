import { DecisionRefused } from "../errors/decision_errors.ts";
import { describeUnknownStep } from "./describe_unknown_step.ts";
import { nextActions } from "./next_actions.ts";
import { findStep, type State, toStepId } from "./state.ts";
import { isSettled, type StepState } from "./step_state.ts";
import { idsAround, stepsAfter } from "./walk_steps.ts";

/** How much of a transaction a run does. At most one of the two. */
export interface ScopeRequest {
  /** The last step, by number or name, with everything in it: no later step begins. */
  readonly until?: string;
  /** The one step, by number or name, with everything in it. */
  readonly only?: string;
}

export type RunScope = (step: StepState) => boolean;

/** Makes the scope of a run; nothing if the run does everything. `state` includes the decisions of the run. */
export function makeScope(journal: string, state: State, { until, only }: ScopeRequest): RunScope | undefined {
  const word = only ?? until;
  if (word === undefined) return undefined;
  const id = toStepId(state, word);
  const step = findStep(state, id);
  const what = only === undefined ? `run until step ${word}` : `run only step ${word}`;
  const refuse = (why: string) => new DecisionRefused(journal, id, `Cannot ${what}: ${why}`);
  if (step === undefined) throw refuse(describeUnknownStep(state, word));
  if (state.rollback !== undefined) throw refuse("the transaction is being rolled back");
  if (isSettled(step)) throw refuse("it is already done or left out");
  const isInside = (other: string) => other === id || other.startsWith(`${id}.`);
  const scope: RunScope = only === undefined ? notAfter(state, id) : ({ node }) => isInside(node.id);
  const next = nextActions(state, { isDue: () => true, isWanted: scope });
  const { actions, questions, waits, timers } = next;
  if (!next.isEnd && [actions, questions, waits, timers].every((some) => some.length === 0)) {
    throw refuse(`step ${next.held?.node.id ?? ""} comes first`);
  }
  return scope;
}

/** Steps in a later step, such as those of the plan that it may return, are later, too. */
function notAfter(state: State, until: string): RunScope {
  const after = new Set(stepsAfter(state, until).map(({ node }) => node.id));
  return ({ node }) => !idsAround(node.id).some((id) => after.has(id));
}
