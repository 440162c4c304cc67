import { findStep, type State } from "../../state/state.ts";
import { safeText } from "../../text/escape.ts";
import { decodeValue, takePart } from "../../values/decode_value.ts";
import type { Encoded, Placeholder } from "../../values/json.ts";
import type { StepValues } from "./step_host.ts";

export function valuesOf(state: State): StepValues {
  return {
    get: (id) => {
      const step = findStep(state, id);
      // The undo of an earlier step may still need the value of a step that was undone before.
      if (step?.status === "finished" || step?.status === "undone") return step.value ?? {};
      throw new TypeError(`Cannot use the value of step ${id}: it has not finished`);
    },
  };
}

/** Decodes a value. Fills in the values of finished steps, and the variables of the environment as they are now. */
export function resolveValue(values: StepValues, encoded: Encoded): unknown {
  return decodeValue(encoded, (placeholder) => {
    return placeholder.kind === "env" ? readVariable(placeholder.name) : readStepValue(values, placeholder);
  });
}

/** Says what a transaction returns whose steps are all done. */
export function resolveResult(state: State): unknown {
  try {
    return resolveValue(valuesOf(state), state.value);
  } catch (error) {
    throw new TypeError(`The transaction has finished, but its own value is not available: ${safeText(error)}`, {
      cause: error,
    });
  }
}

function readVariable(name: string): string {
  const quoted = JSON.stringify(name);
  if (Deno.permissions.querySync({ name: "env", variable: name }).state !== "granted") {
    throw new TypeError(
      `Cannot read the environment variable ${quoted}: Deno has no permission to. Add --allow-env=${name}`,
    );
  }
  const value = Deno.env.get(name);
  if (value === undefined) throw new TypeError(`Cannot start the step: the environment variable ${quoted} is not set`);
  return value;
}

function readStepValue(values: StepValues, ref: Extract<Placeholder, { kind: "ref" }>): unknown {
  const { step, path } = ref;
  const taken = takePart(resolveValue(values, values.get(step)), path);
  if ("value" in taken) return taken.value;
  const { at, within } = taken;
  const place = [`the value of step ${step}`, ...path.slice(0, at)].join(".");
  const reason = within === null || within === undefined ? `it is ${String(within)}` : "it has no such part";
  throw new TypeError(`Cannot take ${JSON.stringify(path[at])} of ${place}: ${reason}`);
}
