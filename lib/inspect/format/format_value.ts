import { cutText, escapeForTerminal } from "../../text/escape.ts";
import { decodeValue } from "../../values/decode_value.ts";
import type { Encoded, Placeholder } from "../../values/json.ts";
import { REDACTED } from "../redact/redact_secrets.ts";

/** About how long the text of one value is at most. */
const MAX_LENGTH = 120;
const MAX_ENTRIES = 20;
const MAX_DEPTH = 6;
const IDENTIFIER = /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u;

type NameOf = (id: string) => string | undefined;

/** Shows an encoded value on one line, cut if it is long; one that cannot be decoded, as such. Escaped. */
export function formatValue(encoded: Encoded): string {
  return formatParts(decodeForReading(encoded), MAX_LENGTH);
}

/** Shows the arguments of a call, without the parentheses. Escaped. */
export function formatArguments(encoded: Encoded, nameOf?: NameOf): string {
  const args = decodeForReading(encoded, nameOf);
  if (args === undefined) return "";
  if (!Array.isArray(args)) return formatParts(args, MAX_LENGTH);
  let text = "";
  for (const [index, arg] of args.entries()) {
    if (text.length >= MAX_LENGTH) return `${text}, … ${args.length - index} more`;
    text += (index === 0 ? "" : ", ") + formatParts(arg, Math.max(20, MAX_LENGTH - text.length));
  }
  return text;
}

/** Names the value of a step: by the step's name if it has one, by its id otherwise. Not escaped. */
export function placeOf(id: string, name: string | undefined): string {
  return name === undefined ? `state[${id}]` : `state.${name}`;
}

/** Decodes a value to show it, with a text in place of each placeholder. */
function decodeForReading(encoded: Encoded, nameOf: NameOf = () => undefined): unknown {
  // Most values are plain, and plain data needs no copy to be shown.
  if (encoded.meta === undefined) return encoded.value;
  try {
    return decodeValue(encoded, (placeholder) => new Shown(escapeForTerminal(placeholderText(placeholder, nameOf))));
  } catch {
    return new Shown("<cannot be decoded>");
  }
}

function placeholderText(placeholder: Placeholder, nameOf: NameOf): string {
  if (placeholder.kind === "env") return `env.${placeholder.name}`;
  const { step, path } = placeholder;
  return placeOf(step, nameOf(step)) + path.map((key) => {
    if (IDENTIFIER.test(key)) return `.${key}`;
    return /^\d+$/.test(key) ? `[${key}]` : `[${JSON.stringify(key)}]`;
  }).join("");
}

/** The text of a placeholder in a decoded value, escaped. */
class Shown {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Shows a decoded value on one line of about the given length, escaped. */
function formatParts(value: unknown, maxLength: number, depth = 0): string {
  const text = formatAny(value, maxLength, depth);
  return text.length <= maxLength || depth > 0 ? text : cutText(text, maxLength);
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
  const { begin, end, entries } = partsOf(value);
  const shown: string[] = [];
  let length = 0;
  for (const [key, part] of entries) {
    if (shown.length >= MAX_ENTRIES || length > maxLength) {
      shown.push("…");
      break;
    }
    const text = formatBefore(begin, key, maxLength, depth + 1) + formatParts(part, maxLength, depth + 1);
    length += text.length + 2;
    shown.push(text);
  }
  const space = begin === "[" || shown.length === 0 ? "" : " ";
  return `${begin}${space}${shown.join(", ")}${space}${end}`;
}

/** The parts of a value with their keys, and what stands around them. */
interface Parts {
  readonly begin: "[" | "Set {" | "Map {" | "{";
  readonly end: string;
  readonly size: number;
  readonly entries: Iterable<readonly [key: unknown, part: unknown]>;
}

function partsOf(value: object): Parts {
  if (Array.isArray(value)) return { begin: "[", end: "]", size: value.length, entries: value.entries() };
  if (value instanceof Set) return { begin: "Set {", end: "}", size: value.size, entries: value.entries() };
  if (value instanceof Map) return { begin: "Map {", end: "}", size: value.size, entries: value.entries() };
  const entries = Object.entries(value);
  return { begin: "{", end: "}", size: entries.length, entries };
}

function formatBefore(begin: Parts["begin"], key: unknown, maxLength: number, depth: number): string {
  if (begin === "Map {") return `${formatParts(key, maxLength, depth)} => `;
  if (begin !== "{") return "";
  const name = String(key);
  return `${IDENTIFIER.test(name) ? escapeForTerminal(name) : formatText(name, 40)}: `;
}

/** What fits into this many characters stays on one line. */
const WIDTH = 76;
/** Longest text of a part that is shown on one line. */
const MAX_PART = 2000;
const MAX_PRETTY_ENTRIES = 200;
const MAX_LINES = 1000;
const INDENT = "  ";

/** Shows an encoded value on as many lines as it needs, cut if it is very large. Escaped. */
export function formatPretty(encoded: Encoded, nameOf?: NameOf): readonly string[] {
  const lines: string[] = [];
  addLines(decodeForReading(encoded, nameOf), "", "", "", lines);
  if (lines.length <= MAX_LINES) return lines;
  return [...lines.slice(0, MAX_LINES), `… ${lines.length - MAX_LINES} more lines`];
}

/** @param before What is written before the value. */
function addLines(value: unknown, before: string, after: string, indent: string, lines: string[]): void {
  const short = formatParts(value, WIDTH);
  const isWhole = before.length + short.length <= WIDTH && !short.includes("…");
  if (!hasLines(value) || isWhole || indent.length > 100) {
    lines.push(indent + before + (isWhole ? short : formatParts(value, MAX_PART)) + after);
    return;
  }
  const { begin, end, size, entries } = partsOf(value);
  lines.push(`${indent}${before}${begin}`);
  const inner = indent + INDENT;
  let count = 0;
  for (const [key, part] of entries) {
    if (count === MAX_PRETTY_ENTRIES || lines.length > MAX_LINES) {
      lines.push(`${inner}… ${size - count} more`);
      break;
    }
    addLines(part, formatBefore(begin, key, WIDTH, 0), ",", inner, lines);
    count += 1;
  }
  lines.push(`${indent}${end}${after}`);
}

/** Whether each part of a value can get lines of its own. */
function hasLines(value: unknown): value is object {
  if (typeof value !== "object" || value === null || value instanceof Shown) return false;
  if (Array.isArray(value) || value instanceof Set || value instanceof Map) return true;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
