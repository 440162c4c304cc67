import { isErrorType } from "./error_types.ts";
import { isForbiddenKey } from "./is_forbidden_key.ts";
import type { Json, JsonObject } from "./json.ts";

type Check = (json: Json) => boolean;

const NUMBERS: ReadonlySet<Json> = new Set(["NaN", "Infinity", "-Infinity", "-0"]);
const CUSTOM = "custom:";

// One for each word that our encoder lets superjson write. Classes, symbols and typed arrays are not among them.
const CHECKS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ["undefined", (json) => json === null],
  ["number", (json) => NUMBERS.has(json)],
  ["bigint", (json) => typeof json === "string" && /^-?[0-9]+$/.test(json)],
  ["Date", (json) => typeof json === "string" && isDateText(json)],
  ["regexp", (json) => typeof json === "string" && isRegExpText(json)],
  ["URL", (json) => typeof json === "string" && URL.canParse(json)],
  ["set", (json) => Array.isArray(json)],
  ["map", (json) => Array.isArray(json) && json.every((row) => Array.isArray(row) && row.length === 2)],
  [`${CUSTOM}ref`, isRefJson],
  [`${CUSTOM}env`, (json) => typeof json === "string"],
  [`${CUSTOM}bytes`, (json) => typeof json === "string" && isBase64(json)],
  [`${CUSTOM}error`, isErrorJson],
  [`${CUSTOM}object`, isEntriesJson],
]);

/** Reads an annotation of superjson's as one word; `undefined` when it is none that our encoder writes. */
export function readAnnotation(annotation: Json | undefined): string | undefined {
  const [kind, custom, ...rest] = Array.isArray(annotation) ? annotation : [];
  const word = kind === "custom" && typeof custom === "string" && rest.length === 0 ? CUSTOM + custom : annotation;
  return typeof word === "string" && CHECKS.has(word) ? word : undefined;
}

/** Tells whether JSON is what our encoder writes under an annotation that {@linkcode readAnnotation} has read. */
export function checkAnnotated(word: string, json: Json): boolean {
  return CHECKS.get(word)?.(json) ?? false;
}

/** Tells whether something within a value of this annotation may be annotated too, and there. */
export function mayAnnotateWithin(word: string, path: readonly string[]): boolean {
  switch (word) {
    case "set":
      return true;
    case "map":
      return path.length >= 2; // a row itself is always a plain pair
    case `${CUSTOM}object`:
      return path.length >= 2 && path[1] === "1"; // a key is always a plain text
    case `${CUSTOM}error`:
      return path[0] === "cause" || (path[0] === "errors" && path.length >= 2);
    default:
      return false;
  }
}

/** Tells whether JSON is an object. */
export function isJsonObject(json: Json | undefined): json is JsonObject {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

/** Tells whether JSON is how a ref is written. */
export function isRefJson(json: Json): json is { readonly step: string; readonly path?: readonly string[] } {
  if (!isJsonObject(json) || typeof getOwn(json, "step") !== "string") return false;
  const path = getOwn(json, "path");
  if (path === undefined) return Object.keys(json).length === 1;
  return Object.keys(json).length === 2 && Array.isArray(path) && path.every((key) => typeof key === "string");
}

function isErrorJson(json: Json): boolean {
  if (!isJsonObject(json) || !isErrorType(getOwn(json, "type"))) return false;
  return Object.keys(json).every((key) => {
    switch (key) {
      case "type":
      case "cause":
        return true;
      case "name":
      case "message":
      case "stack":
        return typeof json[key] === "string";
      case "errors":
        return json.type === "AggregateError" && Array.isArray(json[key]);
      default:
        return false;
    }
  });
}

function isEntriesJson(json: Json): boolean {
  if (!Array.isArray(json)) return false;
  const keys = new Set<Json>();
  return json.every((row) => {
    if (!Array.isArray(row) || row.length !== 2) return false;
    const [key] = row;
    if (typeof key !== "string" || isForbiddenKey(key) || keys.has(key)) return false;
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

function isBase64(text: string): boolean {
  return succeeds(() => Uint8Array.fromBase64(text));
}

function succeeds(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch {
    return false;
  }
}

function getOwn(json: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(json, key) ? json[key] : undefined;
}
