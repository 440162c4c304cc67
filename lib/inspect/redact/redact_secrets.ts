import type { Event } from "../../journal/event.ts";
import { readArguments, readValue, storeArguments, storeValue } from "../../journal/stored_value.ts";
import type { PlanNode } from "../../plan/node.ts";
import { findPlaceholders, parseMetaPath } from "../../values/annotations.ts";
import type { Encoded, Json } from "../../values/json.ts";
import { hidePassword } from "../../text/escape.ts";
import { isObject } from "../../values/shape.ts";

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

/** What the meta says about a part of a value that is not plain JSON, and about the parts in it, by key. */
interface Notes {
  annotation?: Json;
  readonly inner: Map<string, Notes>;
}

/**
 * Replaces what is under a key that looks like a secret by «redacted», in an encoded value. The rest of the value and its
 * meta stay consistent. A placeholder stays: it names a step or a variable, and not its value.
 */
export function redactSecrets(encoded: Encoded): Encoded {
  const { value, meta } = encoded;
  if (value === undefined) return encoded;
  const notes = readNotes(encoded);
  const redacted = redactWithin(value, notes);
  if (redacted === value) return encoded;
  if (meta === undefined || notes === undefined) return { ...encoded, value: redacted };
  const values = notes.annotation === undefined ? writeInner(notes) : writeNotes(notes);
  return values === undefined ? { value: redacted } : { value: redacted, meta: { values, v: 1 } };
}

/** An invalid meta is left as it is: such a value cannot be decoded. */
function readNotes(encoded: Encoded): Notes | undefined {
  try {
    findPlaceholders(encoded);
  } catch {
    return undefined;
  }
  const values = isObject(encoded.meta) ? encoded.meta["values"] : undefined;
  return addNotes({ inner: new Map() }, Array.isArray(values) ? values : [undefined, values]);
}

/** A node of the meta is a list: what the value is, and nodes for what is in it, by their paths. */
function addNotes(notes: Notes, [annotation, children]: readonly (Json | undefined)[]): Notes {
  if (annotation !== undefined) notes.annotation = annotation;
  for (const [path, node] of isObject(children) ? Object.entries(children) : []) {
    let at = notes;
    for (const key of parseMetaPath(path) ?? [path]) {
      const next = at.inner.get(key) ?? { inner: new Map() };
      at.inner.set(key, next);
      at = next;
    }
    if (Array.isArray(node)) addNotes(at, node);
  }
  return notes;
}

function writeNotes(notes: Notes): readonly Json[] {
  const inner = writeInner(notes);
  return [notes.annotation ?? null, ...(inner === undefined ? [] : [inner])];
}

function writeInner(notes: Notes): Json | undefined {
  const entries = [...notesWithin(notes, "")];
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function* notesWithin({ inner }: Notes, before: string): Generator<[path: string, node: Json]> {
  for (const [key, notes] of inner) {
    const path = before + key.replace(/[\\.]/g, "\\$&");
    if (notes.annotation === undefined) yield* notesWithin(notes, `${path}.`);
    else yield [path, writeNotes(notes)];
  }
}

/** Redacts what is in a value. What is said about it is removed from the notes. */
function redactWithin(json: Json, notes: Notes | undefined): Json {
  if (typeof json !== "object" || json === null || isPlaceholder(notes)) return json;
  if (!isObject(json)) {
    const isRows = hasRows(notes?.annotation, json);
    const list = json.map((part, index) =>
      isRows ? redactRow(part, notes?.inner.get(String(index))) : redactPart(part, String(index), notes, false)
    );
    return list.some((part, index) => part !== json[index]) ? list : json;
  }
  const copy: Record<string, Json> = {};
  let isChanged = false;
  for (const [key, part] of Object.entries(json)) {
    const value = redactPart(part, key, notes, isSecretKey(key));
    isChanged ||= value !== part;
    // A key of a hostile journal must stay a key.
    Object.defineProperty(copy, key, { value, enumerable: true, writable: true, configurable: true });
  }
  return isChanged ? copy : json;
}

/** An absent value, or one that is true or false, is no secret. */
function redactPart(json: Json, key: string, around: Notes | undefined, isSecret: boolean): Json {
  const notes = around?.inner.get(key);
  if (!isSecret) return redactWithin(json, notes);
  if (json === null || typeof json === "boolean" || json === "" || isPlaceholder(notes)) return json;
  around?.inner.delete(key);
  return REDACTED;
}

/** A row is a key with its value. */
function redactRow(row: Json, notes: Notes | undefined): Json {
  const [key, value]: readonly Json[] = Array.isArray(row) ? row : [];
  if (key === undefined || value === undefined) return row;
  const isSecret = typeof key === "string" && isSecretKey(key);
  const redacted = [redactPart(key, "0", notes, false), redactPart(value, "1", notes, isSecret)];
  return redacted[0] === key && redacted[1] === value ? row : redacted;
}

function isPlaceholder(notes: Notes | undefined): boolean {
  const annotation = notes?.annotation;
  return Array.isArray(annotation) && annotation[0] === "custom" &&
    (annotation[1] === "ref" || annotation[1] === "env");
}

/** Maps, and objects with keys that cannot be keys of JSON. */
function hasRows(annotation: Json | undefined, json: Json): boolean {
  return annotation === "map" ||
    (Array.isArray(annotation) && annotation[0] === "custom" &&
      (annotation[1] === "object" || (annotation[1] === "record" && Array.isArray(json))));
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

/** Tells by a key whether its value looks like a secret. `API_KEY`, `api-key` and `apiKey` are the same. */
export function isSecretKey(key: string): boolean {
  const plain = key.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  return NAMES.has(plain) || SECRET_WORDS.some((word) => plain.includes(word));
}

export function redactEvent(event: Event, redact: Redact): Event {
  const isValue = event.type === "finished" || event.type === "ready" || event.type === "signalled" ||
    (event.type === "decided" && event.decision === "done");
  if (isValue) return { ...event, ...storeValue(redact(readValue(event))) };
  if ("nodes" in event) return { ...event, nodes: event.nodes.map((node) => redactNode(node, redact)) };
  const isEdit = event.type === "decided" && event.decision === "edit";
  return isEdit ? { ...event, ...storeArguments(redact(readArguments(event))) } : event;
}

function redactNode(node: PlanNode, redact: Redact): PlanNode {
  if (node.kind !== "step" || node.args === undefined) return node;
  const { argsMeta: _meta, ...rest } = node;
  return { ...rest, ...storeArguments(redact(readArguments(node))) };
}

/** A name with what it is set to: `password=…`, `token: …`, `"apiKey": "…"`. */
const NAMED = /(["']?)([\p{L}_][\p{L}\p{N}_.-]*)\1(\s*[:=]\s*)("[^"]*"|'[^']*'|[^\s"',;&)}\]]+)/gu;
const CREDENTIALS = /\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi;

/** Hides what looks like a secret in a text that a person or a program has written: passwords in URLs, and named values. */
export function redactText(text: string): string {
  return hidePassword(text)
    .replace(CREDENTIALS, (_, scheme) => `${scheme} ${REDACTED}`)
    .replace(
      NAMED,
      (all, quote, name, between) => isSecretKey(name) ? `${quote}${name}${quote}${between}${REDACTED}` : all,
    );
}
