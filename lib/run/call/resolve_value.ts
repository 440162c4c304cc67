import { findStep, type State } from "../../state/state.ts";
import { safeText } from "../../text/escape.ts";
import { decodeValue } from "../../values/decode_value.ts";
import type { Encoded, Placeholder } from "../../values/json.ts";

/**
 * Decodes a value with everything filled in that its placeholders stand for: values of finished steps, variables of the
 * environment as they are now.
 *
 * @throws {TypeError} A variable is not set or may not be read, or a part of a step's value is not there.
 */
export function resolveValue(state: State, encoded: Encoded): unknown {
  return decodeValue(encoded, (placeholder) => {
    return placeholder.kind === "env" ? readVariable(placeholder.name) : readStepValue(state, placeholder);
  });
}

/**
 * Says what a transaction returns whose steps are all done.
 *
 * @throws {TypeError} A part of a step's value is not there.
 */
export function resolveResult(state: State): unknown {
  try {
    return resolveValue(state, state.value);
  } catch (error) {
    throw new TypeError(`The transaction has finished, but its own value is not to be had: ${safeText(error)}`, {
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

function readStepValue(state: State, ref: Extract<Placeholder, { kind: "ref" }>): unknown {
  const step = findStep(state, ref.step);
  // What was undone last may still be asked for by the undo of an earlier step.
  if (step?.status !== "finished" && step?.status !== "undone") {
    throw new TypeError(`Cannot use the value of step ${ref.step}: it has not finished`);
  }
  let value = resolveValue(state, step.value ?? {});
  let place = `the value of step ${ref.step}`;
  for (const key of ref.path) {
    if (value === null || value === undefined) {
      throw new TypeError(`Cannot take ${JSON.stringify(key)} of ${place}: it is ${String(value)}`);
    }
    value = Object.getOwnPropertyDescriptor(Object(value), key)?.value;
    place += `.${key}`;
  }
  return value;
}
