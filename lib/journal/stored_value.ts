import type { Encoded, Json } from "../values/json.ts";

/**
 * Events and nodes spell a value `value` and `valueMeta`, and arguments `args` and `argsMeta`: those words are the file
 * format. Everywhere else a value is {@linkcode Encoded}. Only the functions of this file convert one into the other.
 */

/** A value as an event holds it. An absent value is `undefined`. */
export interface StoredValue {
  readonly value?: Json;
  /** What in `value` is not plain JSON. */
  readonly valueMeta?: Json;
}

/** Arguments as a node or an event holds them: a list, or absent when there are none. */
export interface StoredArguments {
  readonly args?: Json;
  /** What in `args` is not plain JSON. */
  readonly argsMeta?: Json;
}

/** The value of all the steps that return nothing. */
const NO_VALUE: Encoded = Object.freeze({});

export function readValue({ value, valueMeta }: StoredValue): Encoded {
  if (valueMeta !== undefined) return { value, meta: valueMeta };
  return value === undefined ? NO_VALUE : { value };
}

export function storeValue({ value, meta }: Encoded): StoredValue {
  if (meta !== undefined) return { value, valueMeta: meta };
  return value === undefined ? {} : { value };
}

export function readArguments({ args, argsMeta }: StoredArguments): Encoded {
  return readValue({ value: args, valueMeta: argsMeta });
}

export function storeArguments({ value, meta }: Encoded): StoredArguments {
  if (meta !== undefined) return { args: value, argsMeta: meta };
  return value === undefined ? {} : { args: value };
}
