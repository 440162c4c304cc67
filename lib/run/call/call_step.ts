import type { Dropped } from "../../journal/stored.ts";
import { type StoredValue, storeValue } from "../../journal/stored_value.ts";
import type { StepFunction } from "../../modules/step_function.ts";
import { holdsSubPlan } from "../../plan/step_value.ts";
import { safeText } from "../../text/escape.ts";
import { encodeValue } from "../../values/encode_value.ts";
import { ValueTooLarge } from "../../values/value_walk.ts";
import type { Clock } from "../session/clock.ts";
import { runInContext, type StepContext } from "../session/step_context.ts";
import { toStoredError } from "../session/stored_error.ts";
import type { Expansion } from "./expansion.ts";

const HIDDEN_PLAN =
  "The step has returned a sub-plan inside of a larger value, where it would be lost: return plan(…) " +
  "itself, and let its callback return the value";

/** How a call of a step function ended. */
export type CallEnd =
  | ({
    readonly kind: "finished";
    readonly ms: number;
    readonly dropped?: Dropped;
    /** It returned a plan, which has the step's value in it. */
    readonly expansion?: Expansion;
  } & StoredValue)
  | {
    readonly kind: "failed";
    readonly ms: number;
    readonly error: ReturnType<typeof toStoredError>;
    /** What was thrown, as it is. */
    readonly thrown: unknown;
    /** The function has returned, and what it has returned cannot be carried out: no further attempt mends that. */
    readonly isFinal?: true;
  };

/** What a call needs besides what the function gets. */
interface CallTools {
  /** Measures how long it takes. */
  readonly clock: Clock;
  /** Reads what was returned, if it is a plan, or refuses it. */
  readonly expand?: (value: unknown) => Promise<Expansion | undefined>;
}

/**
 * Calls a step function with its arguments and says how it ended. Never throws: a step that has come to its end is
 * finished even if its value cannot be stored, since its effect has happened. A plan that it returns and that cannot be
 * carried out is a failure: nothing of it has begun. So is one that lies hidden in what it returns. Neither is tried again:
 * the function would do once more what it has done, and return the same.
 */
export async function callStep(
  fn: StepFunction,
  args: readonly unknown[],
  context: StepContext,
  { clock, expand }: CallTools,
): Promise<CallEnd> {
  const begin = clock.elapsed();
  let value: unknown;
  let expansion: Expansion | undefined;
  try {
    value = await runInContext(context, () => fn(...args));
  } catch (thrown) {
    return { kind: "failed", ms: msSince(begin, clock), error: toStoredError(thrown), thrown };
  }
  try {
    if (expand !== undefined && isObject(value)) expansion = await expand(value);
  } catch (thrown) {
    return refuseValue(thrown, msSince(begin, clock));
  }
  const ms = msSince(begin, clock);
  if (expansion !== undefined) return { kind: "finished", ms, expansion };
  // Outside of the above: whatever its value does, the step has come to its end.
  const stored = storeReturned(value);
  if (stored.dropped === undefined || !holdsSubPlan(value)) return { kind: "finished", ms, ...stored };
  return refuseValue(new TypeError(HIDDEN_PLAN), ms);
}

/** A step whose plan cannot be carried out: it has failed, and would fail again. */
export function refuseValue(thrown: unknown, ms: number): CallEnd {
  return { kind: "failed", ms, error: toStoredError(thrown), thrown, isFinal: true };
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function storeReturned(value: unknown): StoredValue & { readonly dropped?: Dropped } {
  try {
    return storeValue(encodeValue(value));
  } catch (error) {
    return { dropped: { reason: safeText(error), ...(error instanceof ValueTooLarge ? { bytes: error.bytes } : {}) } };
  }
}

/** Milliseconds to three digits, which is as far as they mean anything. */
function msSince(begin: number, clock: Clock): number {
  return Math.round((clock.elapsed() - begin) * 1000) / 1000;
}
