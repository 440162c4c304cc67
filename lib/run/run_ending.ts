import type { StepState } from "../state/step_state.ts";
import type { RunFailure } from "./outcome.ts";

/** What makes a run come to its end, as it adds up while steps are at work. */
export interface RunEnding {
  /** The first failure that no retry mends. Nothing begins any more. */
  failure: RunFailure | undefined;
  /** The failure because of which what has happened is being undone. */
  undoneFor: RunFailure | undefined;
  /** Steps that did not stop when they were told to, with the promise of their late end. Nothing begins any more. */
  readonly overdue: Map<StepState, Promise<void>>;
  /** Steps whose probe was asked in this run, and why it does not know; nothing while it is asked. */
  readonly probed: Map<StepState, string | undefined>;
}

/** Nothing ends the run as yet. */
export function noEnding(): RunEnding {
  return { failure: undefined, undoneFor: undefined, overdue: new Map(), probed: new Map() };
}
