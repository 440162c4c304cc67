import { escapeForTerminal } from "../values/escape_for_terminal.ts";
import { REDACTED } from "./redact_secrets.ts";
import { Shown } from "./shown.ts";

/** How many entries of a list, a map or an object are shown. */
const MAX_ENTRIES = 20;
const MAX_DEPTH = 6;
const IDENTIFIER = /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u;

/** Shows a decoded value on one line of about the given length, escaped. */
export function formatParts(value: unknown, maxLength: number, depth = 0): string {
  const text = formatAny(value, maxLength, depth);
  return text.length <= maxLength || depth > 0 ? text : cutText(text, maxLength);
}

/** Cuts text, and never through the middle of a character. */
export function cutText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  return `${text.slice(0, Math.max(0, maxLength - 1)).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

function formatAny(value: unknown, maxLength: number, depth: number): string {
  switch (typeof value) {
    case "string":
      return value === REDACTED ? REDACTED : formatText(value, maxLength);
    case "bigint":
      return `${value}n`;
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "object":
      return value === null ? "null" : formatObject(value, maxLength, depth);
    default:
      return String(value);
  }
}

function formatText(value: string, maxLength: number): string {
  const isLong = value.length > maxLength;
  const quoted = JSON.stringify(isLong ? cutText(value, maxLength).slice(0, -1) : value);
  const text = escapeForTerminal(quoted);
  return isLong ? `${text}…` : text;
}

function formatObject(value: object, maxLength: number, depth: number): string {
  if (value instanceof Shown) return value.text;
  if (value instanceof Date) return `Date("${Number.isNaN(value.getTime()) ? "Invalid" : value.toISOString()}")`;
  if (value instanceof RegExp) return escapeForTerminal(cutText(String(value), maxLength));
  if (value instanceof URL) return `URL(${formatText(value.href, maxLength)})`;
  if (value instanceof Uint8Array) return `Uint8Array(${value.length})`;
  if (value instanceof Error) return escapeForTerminal(cutText(`${value.name}: ${value.message}`, maxLength));
  if (depth >= MAX_DEPTH) return "…";
  const part = (inner: unknown) => formatParts(inner, maxLength, depth + 1);
  if (Array.isArray(value)) return enclose("[", value, "]", maxLength, part);
  if (value instanceof Set) return enclose("Set {", value, "}", maxLength, part);
  if (value instanceof Map) {
    return enclose("Map {", value, "}", maxLength, ([key, inner]) => `${part(key)} => ${part(inner)}`);
  }
  return enclose("{", Object.entries(value), "}", maxLength, ([key, inner]) => `${formatKey(key)}: ${part(inner)}`);
}

function enclose<T>(
  begin: string,
  entries: Iterable<T>,
  end: string,
  maxLength: number,
  formatEntry: (entry: T) => string,
): string {
  const shown: string[] = [];
  let length = 0;
  for (const entry of entries) {
    if (shown.length >= MAX_ENTRIES || length > maxLength) {
      shown.push("…");
      break;
    }
    const text = formatEntry(entry);
    length += text.length + 2;
    shown.push(text);
  }
  const space = begin === "[" || shown.length === 0 ? "" : " ";
  return `${begin}${space}${shown.join(", ")}${space}${end}`;
}

/** Shows the key of an object as it would be written there. Escaped. */
export function formatKey(key: string): string {
  return IDENTIFIER.test(key) ? escapeForTerminal(key) : formatText(key, 40);
}
