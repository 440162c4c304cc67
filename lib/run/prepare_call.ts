import type { StepFunction } from "../modules/step_function.ts";
import type { Code } from "../plan/node.ts";
import { encodedArguments } from "../state/encoded_arguments.ts";
import type { State } from "../state/state.ts";
import type { StepState } from "../state/step_state.ts";
import { resolveValue } from "./resolve_value.ts";
import { type RunParts, stopOf } from "./run_parts.ts";
import type { StepContext } from "./step_context.ts";

/** A call that can be made. */
export interface PreparedCall {
  /** The function. */
  readonly fn: StepFunction;
  /** Its arguments, with everything filled in. */
  readonly args: readonly unknown[];
  /** What the function can ask about itself. */
  readonly context: StepContext;
}

/** What a call is for. */
export type CallKind = "run" | "undo" | "probe";

/**
 * Prepares the call of a step's function, of its undo, or of its probe. Everything that can go wrong before a function is
 * called goes wrong here.
 */
export function prepareCall(step: StepState, code: Code, kind: CallKind, parts: RunParts): PreparedCall {
  const { session, functions } = parts;
  const { state } = session;
  const { id } = step.node;
  const module = state.modules[code.module]?.url ?? "";
  const fn = functions.get({ module, export: code.export });
  if (fn === undefined) throw new TypeError(`The function ${code.export} of ${module} was not loaded`);
  const args = resolveValue(state, encodedArguments(step)) ?? [];
  if (!Array.isArray(args)) throw new TypeError("The arguments in the journal are not a list");
  const attempts = kind === "undo" ? step.undoAttempts ?? 0 : step.attempts;
  const context: StepContext = {
    signal: stopOf(parts),
    attempt: attempts + 1,
    idempotencyKey: `${state.id}/${id}/${step.generation ?? 0}${kind === "undo" ? "/undo" : ""}`,
    transactionId: state.id,
    stepId: id,
    progress: (report) => session.tellProgress(id, report),
  };
  return { fn, args: kind === "undo" ? [valueToUndo(step, state), ...args] : args, context };
}

/** What a step has returned. Of a plan that has not come to its end there is no value. */
function valueToUndo(step: StepState, state: State): unknown {
  if (step.children === undefined) return resolveValue(state, step.value ?? {});
  try {
    return resolveValue(state, step.value ?? {});
  } catch {
    return undefined;
  }
}
