import SuperJSON from "superjson";
import { escapeForTerminal } from "../text/escape.ts";
import { checkMeta } from "./annotations.ts";
import { copyJson, type Encoded, type Json } from "./json.ts";
import { CustomLeaf, type CustomName, type Placeholder } from "./placeholder.ts";
import {
  type ErrorFields,
  isMarkedAsEntries,
  isMarkedAsError,
  type ObjectEntries,
  restoreError,
} from "./rich_parts.ts";

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
export function createSuperJson(resolve: Resolve): SuperJSON {
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
