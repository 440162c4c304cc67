import type { StoredError } from "../journal/stored.ts";
import type { StopSignal } from "../process/stop_signals.ts";

/** How a run ended. */
export type Outcome =
  | { readonly kind: "finished" }
  | AbortedOutcome
  | PausedOutcome
  | { readonly kind: "interrupted"; readonly signal: StopSignal }
  | StoppedOutcome
  | { readonly kind: "cancelled"; readonly reason: unknown }
  | { readonly kind: "undone"; readonly failure: RunFailure | undefined };

/** A run that ended because a step failed, or could not be started. */
interface AbortedOutcome extends RunFailure {
  /** Tells it from the other outcomes. */
  readonly kind: "aborted";
}

/** A run that has done what it was asked for, and not all that is left. */
interface StoppedOutcome {
  /** Tells it from the other outcomes. */
  readonly kind: "stopped";
  /** The step that would have come next. */
  readonly step: string;
}

/** Why a run ends with a step. */
export interface RunFailure {
  /** The step. */
  readonly step: string;
  /** What was thrown, as stored. */
  readonly error: StoredError;
  /** What was thrown, as it is. */
  readonly thrown: unknown;
  /** It was the step itself that failed: then its error is in `failed`. */
  readonly hasStarted: boolean;
}

/** A run that ended with a question, or with something to wait for. */
export interface PausedOutcome {
  /** Tells it from the other outcomes. */
  readonly kind: "paused";
  /** What it waits for, in the order of the plan, questions first. At least one. */
  readonly pauses: readonly Pause[];
}

/** Something that a run waits for. */
export interface Pause {
  /** The step. */
  readonly step: string;
  /** What for. */
  readonly for: "decision" | "signal" | "time";
  /** What is not known, when it is for a decision: how the step ended, or what its value was. */
  readonly reason?: "unknown" | "value";
  /** What is known of why, as the end of a sentence. */
  readonly why?: string;
  /** Until when, as an ISO date, when it is for a time. */
  readonly until?: string;
  /** The signal's name, when it is for one. */
  readonly signal?: string;
}
