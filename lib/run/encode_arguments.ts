import { StepRef } from "../plan/ref.ts";
import { isValueKept } from "../state/check_references.ts";
import { findStep, type State } from "../state/state.ts";
import { describeMissing } from "../state/value_users.ts";
import { encodeValue } from "../values/encode_value.ts";
import type { Json } from "../values/json.ts";
import { safeText } from "../values/safe_text.ts";
import { fromEditable } from "./from_editable.ts";
import { resolveValue } from "./resolve_value.ts";
import { OWNER } from "./to_editable.ts";

/** Arguments as an event has them, and what was done to get them. */
export interface EncodedArguments {
  /** The list. */
  readonly args: Json;
  /** What in it is not plain JSON. */
  readonly argsMeta?: Json;
  /** The steps whose values stand in it where refs were given. */
  readonly inlined: readonly string[];
}

/**
 * Encodes arguments that a person has written. What would refer to a value that a run no longer has gets the value itself.
 *
 * @param state What is true, with the values of all steps.
 * @param kept What `{"$keep": …}` stands for.
 * @throws {TypeError} {@linkcode RangeError} Something in them has no meaning, or cannot be stored.
 */
export function encodeArguments(state: State, json: unknown, kept: readonly unknown[]): EncodedArguments {
  const inlined = new Set<string>();
  const refer = (name: string, path: readonly string[]): unknown => {
    const id = state.names.get(name) ?? name;
    const step = findStep(state, id);
    const ref = new StepRef({ owner: OWNER, step: id, path });
    if (step?.status === "skipped") {
      throw new TypeError(`step ${id} is left out, and has no value. Use done ${id} --result`);
    }
    if (step?.status !== "finished") return ref;
    if (step.dropped !== undefined) throw new TypeError(`step ${id} has no value. Use done ${id} --result JSON`);
    const value = partOf(state, id, path);
    if (isValueKept(state, step)) return ref;
    inlined.add(id);
    return value;
  };
  const values = fromEditable(json, { kept, refer });
  const { value, meta } = encodeValue(values, { root: "arguments" });
  return { args: value ?? [], ...(meta === undefined ? {} : { argsMeta: meta }), inlined: [...inlined] };
}

/** What a run will find when it looks for the part. */
function partOf(state: State, id: string, path: readonly string[]): unknown {
  let value: unknown;
  try {
    value = resolveValue(state, findStep(state, id)?.value ?? {});
  } catch (error) {
    throw new TypeError(`the value of step ${id} is not to be had: ${safeText(error)}`, { cause: error });
  }
  const missing = describeMissing(value, path);
  if (missing !== undefined) throw new TypeError(`of the value of step ${id} is asked for ${missing}`);
  return path.reduce<unknown>((part, key) => Object.getOwnPropertyDescriptor(Object(part), key)?.value, value);
}
