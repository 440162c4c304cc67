import SuperJSON from "superjson";
import { type ErrorFields, isMarkedAsError, restoreError } from "./error_fields.ts";
import type { Json } from "./json.ts";
import { isMarkedAsEntries, type ObjectEntries } from "./object_entries.ts";
import type { Placeholder } from "./placeholder.ts";
import { type CustomName, StandIn } from "./stand_in.ts";

/** Gives the value that a placeholder stands for. */
export type Resolve = (placeholder: Placeholder) => unknown;

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
    isApplicable: (value): value is unknown => value instanceof StandIn && value.custom === custom,
    serialize: (value) => (value instanceof StandIn ? value.json : null) as never,
    deserialize: (json) => deserialize(json),
  }, custom);
}
