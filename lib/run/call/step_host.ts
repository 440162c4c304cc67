import type { Event } from "../../journal/event.ts";
import type { Dropped, ModuleEntry, StoredError } from "../../journal/stored.ts";
import type { FunctionName } from "../../modules/load_functions.ts";
import type { PlanNode } from "../../plan/node.ts";
import type { PlanBuilderOptions } from "../../plan/plan_builder.ts";
import { BROKEN_BUILTINS } from "../../values/builtins.ts";
import type { Encoded } from "../../values/json.ts";
import type { Clock } from "../session/clock.ts";
import type { StepContext } from "../../process/step_context.ts";
import { errorNames, toStoredError } from "../session/stored_error.ts";

/**
 * Calls step functions, in this process or in another one. Only data crosses this seam: function names and encoded
 * arguments go in, encoded ends come out. The loop has neither functions nor live values.
 */
export interface StepHost {
  has(names: readonly FunctionName[]): boolean;

  /** Everything that has happened must be durable before: a mismatch with a lock file ends the process. */
  prepare(names: readonly FunctionName[]): Promise<void>;

  /**
   * Prepares a call of a step function or an undo. Throws a `TypeError` if the function is not prepared or an argument is
   * missing: what can go wrong goes wrong before the start of the step is recorded. The call that is returned rejects only
   * with {@linkcode BrokenBuiltins}.
   */
  bind(call: StepCall): (context: StepContext) => Promise<CallEnd>;

  /** Does the same with a probe. */
  bindProbe(call: StepCall): (context: StepContext) => Promise<ProbeFinding>;
}

/** A call as the journal describes it. */
export interface StepCall {
  readonly name: FunctionName;
  /** A list, with placeholders for the values of other steps and for variables of the environment. */
  readonly args: Encoded;
  readonly values: StepValues;
  /** For an undo: the value of the step, which comes before the arguments. */
  readonly undoes?: Encoded | undefined;
  /** Where a plan that the function returns belongs. Without it, a plan is refused. */
  readonly planning?: PlanBuilderOptions | undefined;
}

/** The value of a step, which may have placeholders of its own. Throws a `TypeError` if the step has not finished. */
export type StepValues = (step: string) => Encoded;

export type CallEnd = FinishedCall | FailedCall;

export interface FinishedCall extends Encoded {
  readonly kind: "finished";
  readonly ms: number;
  readonly dropped?: Dropped | undefined;
  readonly plan?: ReturnedPlan | undefined;
}

/** A call that threw, or returned what cannot be accepted. */
export interface FailedCall {
  readonly kind: "failed";
  readonly ms: number;
  readonly error: StoredError;
  /** Names of the error and of all its causes, also of those that the stored error leaves out. */
  readonly names: readonly string[];
  /** The function has returned what cannot be accepted: it would do the same again. */
  readonly isFinal?: true | undefined;
  /** What was thrown, where the host has it: the `cause` of the error that the run throws. */
  readonly thrown?: unknown;
}

export interface ReturnedPlan {
  /** Their functions refer to the modules below, not to those of the transaction. */
  readonly nodes: readonly PlanNode[];
  readonly modules: readonly ModuleEntry[];
  readonly value: Encoded;
}

export type ProbeFinding =
  /** It happened; without `given`, its value is not known. */
  | ({ readonly kind: "done"; readonly given?: true | undefined } & Encoded)
  | { readonly kind: "notDone" }
  | { readonly kind: "unknown"; readonly why: string };

/** A call has broken JavaScript itself, so that nothing can be recorded any more. */
export class BrokenBuiltins extends Error {
  /** @param outcome How the call ended, if it was one of a step or an undo. */
  constructor(readonly outcome?: Event) {
    super(BROKEN_BUILTINS);
  }
}

export function failedCall(thrown: unknown, ms: number): FailedCall {
  return { kind: "failed", ms, error: toStoredError(thrown), names: [...errorNames(thrown)], thrown };
}

export function refusedCall(reason: unknown, ms: number): FailedCall {
  return { ...failedCall(reason, ms), isFinal: true };
}

/** How long a step that has reached its time limit may take to stop. */
export const GRACE_MS = 5_000;

/** A step that did not stop at its time limit. */
export interface Overdue {
  readonly kind: "overdue";
  /** Resolves if it ends after all. */
  readonly late: Promise<CallEnd>;
}

interface TimeLimit {
  /** When its signal is aborted, in milliseconds; no limit if absent. */
  readonly timeoutMs: number | undefined;
  readonly graceMs?: number;
  readonly clock: Clock;
}

/** Aborts a call's signal at its time limit. If the call does not end within the grace period, its outcome is unknown. */
export function limitTime(
  call: (timeout: AbortSignal | undefined) => Promise<CallEnd>,
  { timeoutMs, ...limit }: TimeLimit,
): Promise<CallEnd | Overdue> {
  // Most steps have no limit: awaiting the call here would cost each of them a turn of the event loop.
  return timeoutMs === undefined ? call(undefined) : watchCall(call, { timeoutMs, ...limit });
}

async function watchCall(
  call: (timeout: AbortSignal) => Promise<CallEnd>,
  { timeoutMs, graceMs = GRACE_MS, clock }: TimeLimit & { readonly timeoutMs: number },
): Promise<CallEnd | Overdue> {
  const timeout = new AbortController();
  const settled = new AbortController();
  const late = call(timeout.signal);
  const guarded = late.finally(() => settled.abort());
  const watch = async (): Promise<Overdue> => {
    await clock.delay(timeoutMs, settled.signal);
    if (!settled.signal.aborted) {
      timeout.abort(new DOMException(`The step reached its time limit of ${timeoutMs} ms`, "TimeoutError"));
    }
    await clock.delay(graceMs, settled.signal);
    return { kind: "overdue", late };
  };
  const overdue = watch();
  const first = await Promise.race([guarded, overdue]);
  // If both arrive in the same turn, the end of the call counts.
  return settled.signal.aborted ? await guarded : first;
}
