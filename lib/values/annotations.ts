import { escapeJsonText } from "../text/escape.ts";
import { ERROR_FIELDS, ERROR_TYPES, isFieldOf } from "./error_values.ts";
import {
  type Encoded,
  isForbiddenKey,
  isPrototypeKey,
  isVariableName,
  type Json,
  MAX_DEPTH,
  type Placeholder,
} from "./json.ts";
import { anything, isObject, list, object, type Shape, succeeds, text, word } from "./shape.ts";

type Check = (json: Json) => boolean;

const NUMBERS: ReadonlySet<Json> = new Set(["NaN", "Infinity", "-Infinity", "-0"]);
const CUSTOM = "custom:";

const TEXT = text(Infinity);
const REF = object({ step: TEXT, "path?": list(TEXT) });
const ERROR = object({
  type: word(...ERROR_TYPES),
  "name?": TEXT,
  "message?": TEXT,
  "stack?": TEXT,
  "cause?": anything,
  "errors?": list(anything),
  "error?": anything,
  "suppressed?": anything,
  "enumerable?": list(word(...ERROR_FIELDS)),
});

// One check for each annotation that our encoder lets superjson write. There is none for classes, symbols or typed arrays.
const CHECKS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ["undefined", (json) => json === null],
  ["number", (json) => NUMBERS.has(json)],
  ["bigint", (json) => typeof json === "string" && /^-?[0-9]+$/.test(json)],
  ["Date", (json) => typeof json === "string" && isDateText(json)],
  ["regexp", (json) => typeof json === "string" && isRegExpText(json)],
  ["URL", (json) => typeof json === "string" && URL.canParse(json)],
  ["set", (json) => Array.isArray(json)],
  ["map", (json) => Array.isArray(json) && json.every((row) => Array.isArray(row) && row.length === 2)],
  [`${CUSTOM}ref`, (json) => fits(REF, json)],
  [`${CUSTOM}env`, (json) => typeof json === "string" && isVariableName(json)],
  [`${CUSTOM}bytes`, (json) => typeof json === "string" && succeeds(() => Uint8Array.fromBase64(json))],
  [
    `${CUSTOM}error`,
    (json) => fits(ERROR, json) && ERROR_FIELDS.every((key) => !(key in json) || isFieldOf(json.type, key)),
  ],
  [`${CUSTOM}object`, isEntriesJson],
  [`${CUSTOM}record`, (json) => isObject(json) || isEntriesJson(json)],
]);

/** Reads an annotation of superjson as one word; `undefined` if our encoder does not write it. */
function readAnnotation(annotation: Json | undefined): string | undefined {
  const [kind, custom, ...rest] = Array.isArray(annotation) ? annotation : [];
  const word = kind === "custom" && typeof custom === "string" && rest.length === 0 ? CUSTOM + custom : annotation;
  return typeof word === "string" && CHECKS.has(word) ? word : undefined;
}

/** Tells whether a part of a value with this annotation may be annotated too, at this path. */
function mayAnnotateWithin(word: string, json: Json, path: readonly string[]): boolean {
  switch (word) {
    case "set":
      return true;
    case "map":
      return path.length >= 2; // a row is always a plain pair
    case `${CUSTOM}record`:
    case `${CUSTOM}object`:
      // In a list of rows, a key is always plain text.
      return word === `${CUSTOM}record` && !Array.isArray(json) || (path.length >= 2 && path[1] === "1");
    case `${CUSTOM}error`:
      return ["cause", "error", "suppressed"].includes(path[0] ?? "") || (path[0] === "errors" && path.length >= 2);
    default:
      return false;
  }
}

function fits<T>(shape: Shape<T>, json: Json): json is Json & T {
  return shape(json) === undefined;
}

function isEntriesJson(json: Json): boolean {
  if (!Array.isArray(json)) return false;
  const keys = new Set<Json>();
  return json.every((row) => {
    if (!Array.isArray(row) || row.length !== 2) return false;
    const [key] = row;
    if (typeof key !== "string" || isPrototypeKey(key) || keys.has(key)) return false;
    keys.add(key);
    return true;
  });
}

function isDateText(text: string): boolean {
  const date = new Date(text);
  return !Number.isNaN(date.getTime()) && date.toISOString() === text;
}

function isRegExpText(text: string): boolean {
  const end = text.lastIndexOf("/");
  return text.startsWith("/") && end > 0 && succeeds(() => new RegExp(text.slice(1, end), text.slice(end + 1)));
}

/**
 * Checks the meta of a value before superjson sees it, and lists the placeholders in it. The meta may come from an
 * untrusted file. Only what our encoder writes is accepted: known annotations, each with the JSON that belongs to it,
 * on paths that exist, every place at most once.
 */
export function checkMeta(value: Json, meta: Json): readonly Placeholder[] {
  if (!isObject(meta) || meta.v !== 1 || Object.keys(meta).length !== 2 || !Object.hasOwn(meta, "values")) {
    refuse("it is not of the form { values, v: 1 }");
  }
  const check = new MetaCheck();
  const values = meta.values;
  if (Array.isArray(values)) check.checkNode(value, values);
  else check.checkChildren(value, values, () => true);
  return check.placeholders;
}

/** Finds the placeholders in an encoded value without decoding it. Costs nothing if the value is plain. */
export function findPlaceholders({ value, meta }: Encoded): readonly Placeholder[] {
  return value === undefined || meta === undefined ? [] : checkMeta(value, meta);
}

class MetaCheck {
  readonly placeholders: Placeholder[] = [];
  // No place may be changed twice, or be changed and then passed: each object is either passed or annotated.
  readonly #passed = new Set<object>();
  readonly #annotated = new Set<object>();
  #depth = 0;

  checkNode(json: Json, node: Json): void {
    const [annotation, children, ...rest] = Array.isArray(node) ? node : [];
    const word = readAnnotation(annotation);
    if (word === undefined || rest.length > 0) refuse("it has an unknown annotation");
    if (CHECKS.get(word)?.(json) !== true) refuse(`a value is marked as ${word} and does not look like one`);
    if (typeof json === "object" && json !== null) {
      if (this.#passed.has(json) || this.#annotated.has(json)) refuse("it names a place twice");
      this.#annotated.add(json);
    }
    if (word === "custom:ref" && fits(REF, json)) {
      this.placeholders.push({ kind: "ref", step: json.step, path: [...json.path ?? []] });
    }
    if (word === "custom:env" && typeof json === "string") this.placeholders.push({ kind: "env", name: json });
    if (children !== undefined) this.checkChildren(json, children, (path) => mayAnnotateWithin(word, json, path));
  }

  checkChildren(json: Json, children: Json | undefined, isAllowed: (path: readonly string[]) => boolean): void {
    if (!isObject(children)) refuse("it has annotations that are not an object");
    if (++this.#depth > MAX_DEPTH) refuse(`it is nested deeper than ${MAX_DEPTH} levels`);
    for (const [key, node] of Object.entries(children)) {
      const path = parseMetaPath(key) ?? refuse("it has a path with an unknown escape");
      if (!isAllowed(path)) refuse("it annotates what cannot be annotated");
      this.checkNode(this.#follow(json, path), node);
    }
    this.#depth--;
  }

  #follow(start: Json, path: readonly string[]): Json {
    let at = start;
    for (const key of path) {
      if (typeof at !== "object" || at === null) refuse("it has a path that does not exist");
      if (at !== start) {
        if (this.#annotated.has(at)) refuse("it names a place twice");
        this.#passed.add(at);
      }
      at = getChild(at, key);
    }
    return at;
  }
}

function getChild(json: object, key: string): Json {
  // `length` is an own property of an array, and "01" would be a second name of an element.
  const isIndex = !Array.isArray(json) || /^(0|[1-9][0-9]*)$/.test(key);
  if (!isIndex || isForbiddenKey(key) || !Object.hasOwn(json, key)) refuse("it has a path that does not exist");
  return Reflect.get(json, key);
}

function refuse(reason: string): never {
  throw new TypeError(`Cannot decode a value: the meta beside it was not written by this library: ${reason}`);
}

/** Splits a path of superjson's meta into keys: `\.` is a dot, `\\` a backslash in a key; other escapes give nothing. */
export function parseMetaPath(path: string): readonly string[] | undefined {
  if (!path.includes("\\")) return path.split(".");
  const keys = [""];
  for (const part of path.split(/(\\[.\\]|[.\\])/)) {
    if (part === "\\") return undefined;
    if (part === ".") keys.push("");
    else keys.push((keys.pop() ?? "") + part.replace(/^\\/, ""));
  }
  return keys;
}

// Characters outside of this set may be escaped by JSON.stringify or escapeJsonText.
const PERHAPS_ESCAPED = /[^\x20!\x23-\x5b\x5d-\x7e]/;

/**
 * Tells whether a key would be written with an escape in the journal. Such keys must not be keys there, because `JSON.parse`
 * of V8 (at least 13.6 to 15.0; https://issues.chromium.org/issues/521080746) may mistake an escaped key for a key that it
 * has seen before and that equals the beginning of the escaped text. After an object with the key `\`, the key `"`, written
 * `\"`, may silently be read as `\`.
 */
export function needsEscape(key: string): boolean {
  return PERHAPS_ESCAPED.test(key) && escapeJsonText(JSON.stringify(key)).length !== key.length + 2;
}
