import type { StepState } from "../state/step_state.ts";
import type { CallEnd } from "./call_step.ts";
import type { RunFailure } from "./outcome.ts";

/** A call that nobody waits for any more. */
export interface LateCall {
  /** Whether it is the step's own, or that of its undo. */
  readonly kind: "run" | "undo";
  /** Its end, should it come. */
  readonly end: Promise<CallEnd>;
}

/** What makes a run come to its end, as it adds up while steps are at work. */
export interface RunEnding {
  /** The first failure that no retry mends. Nothing begins any more. */
  failure: RunFailure | undefined;
  /** The failure because of which what has happened is being undone. */
  undoneFor: RunFailure | undefined;
  /** Steps that did not stop when they were told to, and have not come to their end since. Nothing begins any more. */
  readonly overdue: Map<StepState, LateCall>;
  /** Steps whose probe was asked in this run, and why it does not know; nothing while it is asked. */
  readonly probed: Map<StepState, string | undefined>;
}

/** Nothing ends the run as yet. */
export function noEnding(): RunEnding {
  return { failure: undefined, undoneFor: undefined, overdue: new Map(), probed: new Map() };
}
