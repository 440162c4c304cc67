import { findPlaceholders, parseMetaPath } from "../../values/annotations.ts";
import type { Encoded, Json, JsonObject } from "../../values/json.ts";

export const REDACTED = "«redacted»";

/** Hides what must not be shown in a value. */
export type Redact = (encoded: Encoded) => Encoded;

/** Shows every value as it is: for programs, and for `--show-secrets`. */
export function redactNothing(encoded: Encoded): Encoded {
  return encoded;
}

export function redaction({ showSecrets }: { readonly showSecrets: boolean }): Redact {
  return showSecrets ? redactNothing : redactSecrets;
}

/** A note of the meta: where in the value, and what. */
interface Note {
  readonly path: readonly string[];
  readonly node: Json;
}

/** A value, and the notes on what in it is not plain JSON. */
interface Noted {
  readonly json: Json;
  readonly notes: readonly Note[];
}

/**
 * Replaces what is under a key that looks like a secret by «redacted», in an encoded value. The rest of the value and its
 * meta stay consistent. A placeholder stays: it names a step or a variable, and not its value.
 */
export function redactSecrets(encoded: Encoded): Encoded {
  const { value, meta } = encoded;
  if (value === undefined) return encoded;
  const notes = readNotes(encoded);
  const [root, ...others] = notes.filter(({ path }) => path.length === 0);
  const redacted = root === undefined || others.length > 0
    ? redactWithin({ json: value, notes }, false)
    : redactNode(value, root.node);
  if (redacted.json === value) return encoded;
  if (meta === undefined || notes.length === 0) return { ...encoded, value: redacted.json };
  const values = writeNotes(redacted.notes);
  return values === undefined ? { value: redacted.json } : { value: redacted.json, meta: { values, v: 1 } };
}

/** An invalid meta is left as it is: such a value cannot be decoded. */
function readNotes(encoded: Encoded): readonly Note[] {
  const { meta } = encoded;
  if (meta === undefined) return [];
  try {
    findPlaceholders(encoded);
  } catch {
    return [];
  }
  const values = isObject(meta) ? meta["values"] : undefined;
  if (Array.isArray(values)) return [{ path: [], node: values }];
  return readChildren(values);
}

function readChildren(children: Json | undefined): readonly Note[] {
  if (!isObject(children)) return [];
  return Object.entries(children).map(([path, node]) => ({ path: parseMetaPath(path) ?? [path], node }));
}

/** A node of the meta is a list: what the value is, and notes on what is in it. */
function redactNode(json: Json, node: Json): Noted {
  const [annotation, children]: readonly Json[] = Array.isArray(node) ? node : [];
  if (isPlaceholder(annotation)) return { json, notes: [{ path: [], node }] };
  const redacted = redactWithin({ json, notes: readChildren(children) }, hasRows(annotation, json));
  const left = writeNotes(redacted.notes);
  const kept = annotation === undefined ? [] : left === undefined ? [annotation] : [annotation, left];
  return { json: redacted.json, notes: [{ path: [], node: kept }] };
}

/** @param isRows It is a list of keys with their values. */
function redactWithin({ json, notes }: Noted, isRows: boolean): Noted {
  if (typeof json !== "object" || json === null) return { json, notes };
  const left: Note[] = [];
  const inner = groupNotes(notes);
  let isChanged = false;
  const visit = (key: string, part: Json, isSecret: boolean): Json => {
    const redacted = redactPart({ json: part, notes: inner.get(key) ?? [] }, isSecret, isRows);
    for (const { path, node } of redacted.notes) left.push({ path: [key, ...path], node });
    if (redacted.json !== part) isChanged = true;
    return redacted.json;
  };
  const copy = isObject(json) ? copyObject(json, visit) : json.map((part, index) => visit(String(index), part, false));
  return isChanged ? { json: copy, notes: left } : { json, notes };
}

/** Notes by the first key of their paths, each with the rest of its path. A value may have as many notes as parts. */
function groupNotes(notes: readonly Note[]): ReadonlyMap<string, readonly Note[]> {
  const groups = new Map<string, Note[]>();
  for (const { path: [key, ...path], node } of notes) {
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [{ path, node }]);
    else group.push({ path, node });
  }
  return groups;
}

function copyObject(json: JsonObject, visit: (key: string, part: Json, isSecret: boolean) => Json): JsonObject {
  const copy: Record<string, Json> = {};
  for (const [key, part] of Object.entries(json)) {
    // A key of a hostile journal must stay a key.
    Object.defineProperty(copy, key, {
      value: visit(key, part, isSecretKey(key)),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return copy;
}

function redactPart(part: Noted, isSecret: boolean, isRow: boolean): Noted {
  const own = part.notes.find(({ path }) => path.length === 0);
  if (isRow) return redactRow(part);
  if (isSecret) return hide(part.json, own);
  return own === undefined ? redactWithin(part, false) : redactNode(part.json, own.node);
}

function redactRow({ json, notes }: Noted): Noted {
  const [key, value]: readonly Json[] = Array.isArray(json) ? json : [];
  if (key === undefined || value === undefined) return { json, notes };
  const inner = groupNotes(notes);
  const isSecret = typeof key === "string" && isSecretKey(key);
  const redacted = [
    redactPart({ json: key, notes: inner.get("0") ?? [] }, false, false),
    redactPart({ json: value, notes: inner.get("1") ?? [] }, isSecret, false),
  ];
  const [left, right] = redacted.map((part) => part.json);
  if (left === key && right === value) return { json, notes };
  return {
    json: [left ?? null, right ?? null],
    notes: redacted.flatMap((part, index) =>
      part.notes.map(({ path, node }) => ({ path: [String(index), ...path], node }))
    ),
  };
}

/** An absent value, or one that is true or false, is no secret. */
function hide(json: Json, own: Note | undefined): Noted {
  const annotation = own !== undefined && Array.isArray(own.node) ? own.node[0] : undefined;
  const isHarmless = json === null || typeof json === "boolean" || json === "" || isPlaceholder(annotation);
  if (isHarmless) return { json, notes: own === undefined ? [] : [own] };
  return { json: REDACTED, notes: [] };
}

function writeNotes(notes: readonly Note[]): Json | undefined {
  const [first] = notes;
  if (first === undefined) return undefined;
  if (first.path.length === 0) return first.node;
  return Object.fromEntries(notes.map(({ path, node }) => [path.map(escapeMetaKey).join("."), node]));
}

function escapeMetaKey(key: string): string {
  return key.replace(/[\\.]/g, "\\$&");
}

function isPlaceholder(annotation: Json | undefined): boolean {
  return Array.isArray(annotation) && annotation[0] === "custom" &&
    (annotation[1] === "ref" || annotation[1] === "env");
}

/** Maps, and objects with keys that cannot be keys of JSON. */
function hasRows(annotation: Json | undefined, json: Json): boolean {
  return annotation === "map" ||
    (Array.isArray(annotation) && annotation[0] === "custom" &&
      (annotation[1] === "object" || (annotation[1] === "record" && Array.isArray(json))));
}

function isObject(json: Json | undefined): json is JsonObject {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

/** A key that contains one of these holds a secret. */
export const SECRET_WORDS: readonly string[] = [
  "password",
  "passwd",
  "passphrase",
  "secret",
  "token",
  "apikey",
  "accesskey",
  "privatekey",
  "signingkey",
  "encryptionkey",
  "credential",
  "authorization",
  "cookie",
  "connectionstring",
];

/** A key that is exactly one of these holds a secret. */
export const SECRET_NAMES: readonly string[] = [
  "auth",
  "bearer",
  "cvc",
  "cvv",
  "jwt",
  "otp",
  "pass",
  "pin",
  "pwd",
  "sessionid",
];

const NAMES: ReadonlySet<string> = new Set(SECRET_NAMES);

/**
 * Tells by a key whether its value looks like a secret. Case and separators do not matter: `API_KEY`, `api-key` and `apiKey`
 * are the same.
 */
export function isSecretKey(key: string): boolean {
  const plain = key.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  return NAMES.has(plain) || SECRET_WORDS.some((word) => plain.includes(word));
}
