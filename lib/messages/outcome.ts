import type { StoredError } from "../journal/stored.ts";
import type { StopSignal } from "../process/stop_signals.ts";

export type Outcome =
  | { readonly kind: "finished" }
  /** A step failed, or could not be started. */
  | { readonly kind: "aborted" } & RunFailure
  | PausedOutcome
  | { readonly kind: "interrupted"; readonly signal: StopSignal }
  /** The run did what was requested. `step` is the next one. */
  | { readonly kind: "stopped"; readonly step: string }
  | { readonly kind: "cancelled"; readonly reason: unknown }
  | { readonly kind: "undone"; readonly failure: RunFailure | undefined };

export interface RunFailure {
  readonly step: string;
  /** What was thrown, as stored. */
  readonly error: StoredError;
  readonly thrown: unknown;
  /** The step itself failed: its error is in `failed`. */
  readonly hasStarted: boolean;
}

export interface PausedOutcome {
  readonly kind: "paused";
  /** At least one, in the order of the plan, questions first. */
  readonly pauses: readonly Pause[];
}

/** Something that a run waits for. */
export interface Pause {
  readonly step: string;
  readonly for: "decision" | "signal" | "time";
  /** What is unknown, when it waits for a decision: the outcome of the step, or its value. */
  readonly reason?: "unknown" | "value";
  /** Why it is unknown, as the end of a sentence. */
  readonly why?: string;
  /** When it is due, as an ISO date. */
  readonly until?: string;
  readonly signal?: string;
}
