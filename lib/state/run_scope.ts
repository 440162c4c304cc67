import { DecisionRefused } from "../errors/decision_errors.ts";
import { describeUnknownStep } from "./describe_unknown_step.ts";
import { type NextActions, nextActions } from "./next_actions.ts";
import { findStep, type State } from "./state.ts";
import { isSettled, type StepState } from "./step_state.ts";
import { parentId, stepsAfter } from "./walk_steps.ts";

/** How much of a transaction a run does. At most one of the two. */
export interface ScopeRequest {
  /** The last step, by number or name, with everything in it: no later step begins. */
  readonly until?: string;
  /** The one step, by number or name, with everything in it. */
  readonly only?: string;
}

/** Whether a step is eligible in a run. */
export type RunScope = (step: StepState) => boolean;

/**
 * Makes the scope of a run.
 *
 * @param state What is true, decisions included.
 * @returns The scope; nothing if the run does everything.
 * @throws {DecisionRefused} There is no such step, or nothing that can be done now.
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
  if (isSettled(step)) throw refuse("it is already done or left out");
  const isInside = (other: string) => other === id || other.startsWith(`${id}.`);
  const scope: RunScope = only === undefined ? notAfter(state, id) : ({ node }) => isInside(node.id);
  const next = nextActions(state, { isDue: () => true, isWanted: scope });
  if (isNothing(next)) throw refuse(`step ${next.held?.node.id ?? ""} comes first`);
  return scope;
}

/** Steps in a later step, such as those of the plan that it may return, are later, too. */
function notAfter(state: State, until: string): RunScope {
  const after = new Set(stepsAfter(state, until).map(({ node }) => node.id));
  return ({ node }) => {
    for (let id: string | undefined = node.id; id !== undefined; id = parentId(id)) {
      if (after.has(id)) return false;
    }
    return true;
  };
}

function isNothing({ actions, questions, waits, timers, isEnd }: NextActions): boolean {
  return !isEnd && actions.length + questions.length + waits.length + timers.length === 0;
}
