import { findStep, type State } from "../../state/state.ts";
import type { StepState } from "../../state/step_state.ts";
import { encodedArguments } from "../../state/walk_steps.ts";
import { quote, safeText } from "../../text/escape.ts";
import { findPlaceholders } from "../../values/annotations.ts";
import { decodeValue, takePart } from "../../values/decode_value.ts";
import type { Encoded, Placeholder } from "../../values/json.ts";
import type { StepValues } from "./step_host.ts";

export function valuesOf(state: State): StepValues {
  return (id) => {
    const step = findStep(state, id);
    // The undo of an earlier step may still need the value of a step that was undone before.
    if (step?.status === "finished" || step?.status === "undone") return step.value ?? {};
    throw new TypeError(`Cannot use the value of step ${id}: it has not finished`);
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
  const value = mayReadVariable(name) ? Deno.env.get(name) : undefined;
  if (value === undefined) throw new TypeError(describeLack([name]));
  return value;
}

export function mayReadVariable(name: string): boolean {
  return Deno.permissions.querySync({ name: "env", variable: name }).state === "granted";
}

export function variablesOf(step: StepState): readonly string[] {
  return findPlaceholders(encodedArguments(step)).flatMap((entry) => (entry.kind === "env" ? [entry.name] : []));
}

/** Finds the first step that needs a variable which it would not get, and says what they all lack. */
export function findLack(
  steps: Iterable<StepState>,
): { readonly step: string; readonly thrown: TypeError } | undefined {
  let first: StepState | undefined;
  const names = new Set<string>();
  for (const step of steps) {
    for (const name of variablesOf(step)) {
      if (mayReadVariable(name) && Deno.env.get(name) !== undefined) continue;
      first ??= step;
      names.add(name);
    }
  }
  return first && { step: first.node.id, thrown: new TypeError(describeLack([...names])) };
}

function describeLack(names: readonly string[]): string {
  const unset = names.filter(mayReadVariable);
  const hidden = names.filter((name) => !unset.includes(name));
  const describe = (some: readonly string[]) =>
    `the environment variable${some.length === 1 ? "" : "s"} ${some.map((name) => quote(name)).join(", ")}`;
  return [
    ...(unset.length === 0 ? [] : [`${describe(unset)} ${unset.length === 1 ? "is" : "are"} not set`]),
    ...(hidden.length === 0
      ? []
      : [`Deno has no permission to read ${describe(hidden)}. Add --allow-env=${hidden.join(",")}`]),
  ].join("; ");
}

function readStepValue(values: StepValues, ref: Extract<Placeholder, { kind: "ref" }>): unknown {
  const { step, path } = ref;
  const taken = takePart(resolveValue(values, values(step)), path);
  if ("value" in taken) return taken.value;
  const { at, within } = taken;
  const place = [`the value of step ${step}`, ...path.slice(0, at)].join(".");
  const reason = within === null || within === undefined ? `it is ${String(within)}` : "it has no such part";
  throw new TypeError(`Cannot take ${JSON.stringify(path[at])} of ${place}: ${reason}`);
}
