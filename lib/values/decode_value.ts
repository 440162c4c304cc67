import SuperJSON from "superjson";
import { escapeForTerminal } from "../text/escape.ts";
import { checkMeta } from "./annotations.ts";
import { restoreError } from "./error_values.ts";
import { copyJson, type Encoded, type Placeholder } from "./json.ts";
import type { CustomName } from "./value_walk.ts";

/** Decodes a value, which may be untrusted, into a new copy. `resolve` gives the values of placeholders. */
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
  // Both were checked above, more strictly than by the types of superjson.
  const payload = { json: copy as never, meta: meta as never };
  return createDecoder(resolve ?? (() => undefined)).deserialize(payload, { inPlace: true });
}

type Resolve = (placeholder: Placeholder) => unknown;

/** Makes a superjson that restores our own types too. It trusts the meta, which was checked before. */
function createDecoder(resolve: Resolve): SuperJSON {
  const restore: { readonly [N in CustomName]: (json: never) => unknown } = {
    ref: ({ step, path = [] }: { readonly step: string; readonly path?: readonly string[] }) =>
      resolve({ kind: "ref", step, path: [...path] }),
    env: (name: string) => resolve({ kind: "env", name }),
    bytes: (base64: string) => Uint8Array.fromBase64(base64),
    error: restoreError,
    object: (entries: [key: string, value: unknown][]) => Object.fromEntries(entries),
    record: (members: object) =>
      Object.assign(Object.create(null), Array.isArray(members) ? Object.fromEntries(members) : members),
  };
  const superJson = new SuperJSON();
  const serialize = (value: unknown) => value as never;
  for (const [name, deserialize] of Object.entries(restore)) {
    superJson.registerCustom<unknown, never>(
      { isApplicable: (_): _ is unknown => false, serialize, deserialize },
      name,
    );
  }
  return superJson;
}

const FLAGS = ["dotAll", "global", "hasIndices", "ignoreCase", "multiline", "sticky", "unicode", "unicodeSets"];

/** What values of built-in classes have from their prototypes, as far as it follows from what is stored and is data itself. */
const INHERITED: ReadonlyMap<unknown, readonly string[]> = new Map<unknown, readonly string[]>([
  [Map.prototype, ["size"]],
  [Set.prototype, ["size"]],
  [Uint8Array.prototype, ["length", "byteLength"]],
  [RegExp.prototype, ["source", "flags", ...FLAGS]],
  [URL.prototype, "href origin protocol username password host hostname port pathname search hash".split(" ")],
]);
const INHERITED_BY_ERRORS = ["name", "message"];

/** Where a part of a value was looked for and is not. */
export interface MissingPart {
  /** Position in the path of the key that leads to nothing. */
  readonly at: number;
  /** What the key does not lead from. */
  readonly within: unknown;
}

/** Takes a part of a decoded value. A part that is not there is never `undefined`; one that is there may be. */
export function takePart(value: unknown, path: readonly string[]): { readonly value: unknown } | MissingPart {
  let part = value;
  for (const [at, key] of path.entries()) {
    const within = part;
    if (within === null || within === undefined) return { at, within };
    const property = Object.getOwnPropertyDescriptor(Object(within), key);
    if (property !== undefined) part = property.value;
    else if (inheritedParts(within).includes(key)) part = Reflect.get(Object(within), key);
    else return { at, within };
  }
  return { value: part };
}

function inheritedParts(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  return Error.isError(value) ? INHERITED_BY_ERRORS : INHERITED.get(Object.getPrototypeOf(value)) ?? [];
}
