import { functionKey } from "../modules/function_name.ts";
import type { StepFunction } from "../modules/step_function.ts";
import type { Code, PlanNode } from "../plan/node.ts";
import { encodedArguments } from "../state/encoded_arguments.ts";
import type { StepState } from "../state/state.ts";
import { resolveValue } from "./resolve_value.ts";
import type { Session } from "./session.ts";
import type { StepContext } from "./step_context.ts";
import type { StopSignals } from "./stop_signals.ts";

/** What calls are made with. */
export interface CallParts {
  /** The journal and what is true. */
  readonly session: Session;
  /** The functions of all steps that may run, by `functionKey`. */
  readonly functions: ReadonlyMap<string, StepFunction>;
  /** Tells the run to stop. */
  readonly stop: StopSignals;
}

/** A call that can be made. */
export interface PreparedCall {
  /** The function. */
  readonly fn: StepFunction;
  /** Its arguments, with everything filled in. */
  readonly args: readonly unknown[];
  /** What the function can ask about itself. */
  readonly context: StepContext;
}

/**
 * Prepares the call of a step's function, or of its probe. Everything that can go wrong before a function is called goes
 * wrong here.
 */
export function prepareCall(
  step: StepState,
  code: PlanNode | Code,
  { session, functions, stop }: CallParts,
): PreparedCall {
  const { node } = step;
  const { state } = session;
  if (!("export" in code)) throw new TypeError(`This version cannot run a step of kind "${code.kind}"`);
  const module = state.modules[code.module]?.url ?? "";
  const fn = functions.get(functionKey({ module, export: code.export }));
  if (fn === undefined) throw new TypeError(`The function ${code.export} of ${module} was not loaded`);
  const args = resolveValue(state, encodedArguments(step)) ?? [];
  if (!Array.isArray(args)) throw new TypeError("The arguments in the journal are not a list");
  const context: StepContext = {
    signal: stop.signal,
    attempt: step.attempts + 1,
    idempotencyKey: `${state.id}/${node.id}/${step.generation}`,
    transactionId: state.id,
    stepId: node.id,
  };
  return { fn, args, context };
}
