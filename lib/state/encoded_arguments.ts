import type { Encoded } from "../values/json.ts";
import type { StepState } from "./step_state.ts";

/** The arguments of a step, in the form that `decodeValue` takes: a list, or nothing. */
export function encodedArguments(step: StepState): Encoded {
  if (step.node.kind !== "step") return {};
  const { args, argsMeta } = step.node;
  return { ...(args === undefined ? {} : { value: args }), ...(argsMeta === undefined ? {} : { meta: argsMeta }) };
}
