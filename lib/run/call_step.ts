import type { Dropped, StoredValue } from "../journal/stored.ts";
import type { StepFunction } from "../modules/step_function.ts";
import { encodeValue } from "../values/encode_value.ts";
import { safeText } from "../values/safe_text.ts";
import { ValueTooLarge } from "../values/value_too_large.ts";
import { runInContext, type StepContext } from "./step_context.ts";
import { toStoredError } from "./stored_error.ts";

/** How a call of a step function ended. */
export type CallEnd =
  | ({ readonly kind: "finished"; readonly ms: number; readonly dropped?: Dropped } & StoredValue)
  | {
    readonly kind: "failed";
    readonly ms: number;
    readonly error: ReturnType<typeof toStoredError>;
    /** What was thrown, as it is. */
    readonly thrown: unknown;
  };

/**
 * Calls a step function with its arguments and says how it ended. Never throws: a step that has come to its end is
 * finished even if its value cannot be stored, since its effect has happened.
 */
export async function callStep(fn: StepFunction, args: readonly unknown[], context: StepContext): Promise<CallEnd> {
  const begin = performance.now();
  let value: unknown;
  try {
    value = await runInContext(context, () => fn(...args));
  } catch (thrown) {
    return { kind: "failed", ms: elapsed(begin), error: toStoredError(thrown), thrown };
  }
  const ms = elapsed(begin);
  // Outside of the above: whatever its value does, the step has come to its end.
  return { kind: "finished", ms, ...storeValue(value) };
}

function storeValue(value: unknown): StoredValue & { readonly dropped?: Dropped } {
  try {
    const encoded = encodeValue(value);
    return {
      ...(encoded.value === undefined ? {} : { value: encoded.value }),
      ...(encoded.meta === undefined ? {} : { valueMeta: encoded.meta }),
    };
  } catch (error) {
    return { dropped: { reason: safeText(error), ...(error instanceof ValueTooLarge ? { bytes: error.bytes } : {}) } };
  }
}

/** Milliseconds to three digits, which is as far as they mean anything. */
function elapsed(begin: number): number {
  return Math.round((performance.now() - begin) * 1000) / 1000;
}
