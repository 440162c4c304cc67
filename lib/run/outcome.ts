import type { PauseQuestion } from "../errors/running_errors.ts";
import type { StoredError } from "../journal/stored.ts";
import type { Session } from "./session.ts";
import type { StopSignal } from "./stop_signals.ts";

/** How a run ended. */
export type Outcome =
  | { readonly kind: "finished" }
  | { readonly kind: "aborted"; readonly step: string; readonly error: StoredError; readonly thrown: unknown }
  | PausedOutcome
  | { readonly kind: "interrupted"; readonly signal: StopSignal };

/** A run that ended with a question. */
export interface PausedOutcome {
  /** Tells it from the other outcomes. */
  readonly kind: "paused";
  /** The step that the question is about. */
  readonly step: string;
  /** The question. */
  readonly reason: PauseQuestion;
  /** What is known of why, as the end of a sentence. */
  readonly why?: string;
  /** Resolves when the step, which is still at work, has come to its end and that is recorded. */
  readonly late?: Promise<void>;
}

/** Why a run ends with a step. */
export interface Abort {
  /** The step. */
  readonly step: string;
  /** What was thrown, as stored. */
  readonly error: StoredError;
  /** What was thrown, as it is. */
  readonly thrown: unknown;
  /** It was the step itself that failed: then its error is in `failed`. */
  readonly hasStarted: boolean;
}

/** Ends a run because of a step, and makes that durable. */
export async function abortedOutcome(
  session: Session,
  { step, error, thrown, hasStarted }: Abort,
): Promise<Outcome> {
  session.add({ type: "aborted", step, ...(hasStarted ? {} : { error }) });
  await session.commit();
  return { kind: "aborted", step, error, thrown };
}

/** Ends a run with a question, and makes that durable. */
export async function pausedOutcome(
  session: Session,
  question: Omit<PausedOutcome, "kind" | "late">,
): Promise<PausedOutcome> {
  session.add({ type: "waiting", step: question.step, for: "decision" });
  await session.commit();
  return { kind: "paused", ...question };
}
