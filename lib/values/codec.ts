import SuperJSON from "superjson";
import { escapeForTerminal, escapeJsonText } from "../text/escape.ts";
import { checkMeta } from "./annotations.ts";
import type { BrandData } from "./brand.ts";
import { copyValue, isMarkedAsEntries, type ObjectEntries } from "./copy_value.ts";
import { type ErrorFields, isMarkedAsError, restoreError } from "./error_values.ts";
import { copyJson, type Encoded, type Json } from "./json.ts";
import { CustomLeaf, type CustomName, type Placeholder } from "./placeholder.ts";
import { MAX_VALUE_BYTES, ValueTooLarge, ValueWalk } from "./value_walk.ts";

/** How a value is encoded. */
export interface EncodeValueOptions {
  /**
   * What messages call the value; their paths begin with it.
   *
   * @default {"value"}
   */
  readonly root?: string;
  /** Called with each ref in the value. May throw, which ends the encoding. */
  readonly onRef?: (ref: BrandData["ref"]) => void;
  /**
   * How many bytes the value and its meta may have as escaped JSON.
   *
   * @default {MAX_VALUE_BYTES}
   */
  readonly maxBytes?: number;
}

const SUPER_JSON = createSuperJson(() => undefined);

/**
 * Encodes a value for the journal: plain data as it is, the rest with a meta beside it that says what it was. Nothing in
 * the result is shared with the value, so later changes of the value change nothing. What is referred to from two
 * places comes back as two copies.
 *
 * @throws {TypeError} The value cannot be stored; the message says where in it, and what is there.
 * @throws {ValueTooLarge} The value is larger than `maxBytes`.
 */
export function encodeValue(value: unknown, options: EncodeValueOptions = {}): Encoded {
  if (value === undefined) return {};
  const { root = "value", maxBytes = MAX_VALUE_BYTES, onRef } = options;
  const walk = new ValueWalk({ root, maxBytes, onRef });
  const copy = copyValue(walk, value);
  // The walk lets nothing through but JSON and, when it says so, what superjson makes JSON of.
  const encoded = walk.isRich ? encodeRich(copy) : { value: copy as Json };
  if (walk.maxSize > maxBytes) refuseTooLarge(encoded, root, maxBytes);
  return encoded;
}

function encodeRich(copy: unknown): Encoded {
  const { json, meta } = SUPER_JSON.serialize(copy);
  // Relations are left out: superjson sees one in each big integer or NaN that occurs twice.
  return { value: json as Json, meta: { values: meta?.values as Json, v: 1 } };
}

function refuseTooLarge(encoded: Encoded, root: string, maxBytes: number): void {
  const bytes = countBytes(encoded.value) + countBytes(encoded.meta);
  if (bytes > maxBytes) throw new ValueTooLarge(root, bytes, maxBytes);
}

function countBytes(json: Json | undefined): number {
  return json === undefined ? 0 : new TextEncoder().encode(escapeJsonText(JSON.stringify(json))).length;
}

/**
 * Decodes a value from the journal, where anybody may have written it. Always a fresh copy.
 *
 * @param resolve Gives the value that a placeholder stands for. Without it, a placeholder is an error.
 * @throws {TypeError} The value or the meta beside it is not what {@linkcode encodeValue} writes.
 */
export function decodeValue(encoded: Encoded, resolve?: Resolve): unknown {
  const { value, meta } = encoded;
  if (value === undefined) {
    if (meta !== undefined) throw new TypeError("Cannot decode a value: there is meta without a value");
    return undefined;
  }
  const copy = copyJson(value);
  if (meta === undefined) return copy;
  const [placeholder] = checkMeta(copy, meta);
  if (placeholder !== undefined && resolve === undefined) {
    const name = placeholder.kind === "ref" ? `step ${placeholder.step}` : `environment variable ${placeholder.name}`;
    throw new TypeError(`Cannot decode a value: it has a placeholder for ${escapeForTerminal(name)}`);
  }
  // Both have been checked above, more strictly than superjson's types could say.
  const payload = { json: copy as never, meta: meta as never };
  return createSuperJson(resolve ?? (() => undefined)).deserialize(payload, { inPlace: true });
}

/** Gives the value that a placeholder stands for. */
type Resolve = (placeholder: Placeholder) => unknown;

/** How a ref is written; the path is left out when it is empty. */
interface RefJson {
  readonly step: string;
  readonly path?: readonly string[];
}

/**
 * Makes a superjson of our own, with the types that it lacks. What it takes apart comes from our walk; what it puts
 * together has been checked, since it trusts what it is told.
 */
function createSuperJson(resolve: Resolve): SuperJSON {
  const superJson = new SuperJSON();
  registerLeaf(superJson, "ref", ({ step, path }: RefJson) => resolve({ kind: "ref", step, path: [...path ?? []] }));
  registerLeaf(superJson, "env", (name: string) => resolve({ kind: "env", name }));
  registerLeaf(superJson, "bytes", (base64: string) => Uint8Array.fromBase64(base64));
  superJson.registerCustom<unknown, never>({
    isApplicable: (value): value is unknown => isMarkedAsError(value),
    // superjson goes through the fields itself and encodes what is in them.
    serialize: (fields) => fields as never,
    deserialize: (fields: ErrorFields) => restoreError(fields),
  }, "error" satisfies CustomName);
  superJson.registerCustom<unknown, never>({
    isApplicable: (value): value is unknown => isMarkedAsEntries(value),
    serialize: (entries) => entries as never,
    deserialize: (entries: ObjectEntries) => Object.fromEntries(entries),
  }, "object" satisfies CustomName);
  return superJson;
}

function registerLeaf<J extends Json | RefJson>(
  superJson: SuperJSON,
  custom: CustomName,
  deserialize: (json: J) => unknown,
): void {
  superJson.registerCustom<unknown, never>({
    isApplicable: (value): value is unknown => value instanceof CustomLeaf && value.custom === custom,
    serialize: (value) => (value instanceof CustomLeaf ? value.json : null) as never,
    deserialize: (json) => deserialize(json),
  }, custom);
}
