import type { Encoded } from "../values/json.ts";
import { formatKey, formatParts } from "./format_parts.ts";
import { decodeForReading, type FormatValueOptions } from "./format_value.ts";
import { Shown } from "./shown.ts";

/** What fits into so many characters stays on one line. */
const WIDTH = 76;
/** Longest text of one part that is not taken apart. */
const MAX_PART = 2000;
/** How many entries of a list, a map or an object are shown. */
const MAX_ENTRIES = 200;
const MAX_LINES = 1000;
const INDENT = "  ";

/** Shows an encoded value over as many lines as it takes, for reading. Escaped; cut where there is very much of it. */
export function formatPretty(encoded: Encoded, options: FormatValueOptions = {}): readonly string[] {
  const lines: string[] = [];
  addLines(decodeForReading(encoded, options), { before: "", after: "" }, "", lines);
  if (lines.length <= MAX_LINES) return lines;
  return [...lines.slice(0, MAX_LINES), `… ${lines.length - MAX_LINES} more lines`];
}

/** What stands around a value on its lines. */
interface Around {
  readonly before: string;
  readonly after: string;
}

function addLines(value: unknown, { before, after }: Around, indent: string, lines: string[]): void {
  // Whoever has more lines than are shown needs only to know how many.
  const short = formatParts(value, WIDTH);
  const parts = partsOf(value);
  const isWhole = before.length + short.length <= WIDTH && !short.includes("…");
  if (parts === undefined || isWhole || indent.length > 100) {
    lines.push(indent + before + (isWhole ? short : formatParts(value, MAX_PART)) + after);
    return;
  }
  lines.push(`${indent}${before}${parts.begin}`);
  const inner = indent + INDENT;
  let count = 0;
  for (const [key, part] of parts.entries) {
    if (count === MAX_ENTRIES || lines.length > MAX_LINES) {
      lines.push(`${inner}… ${parts.size - count} more`);
      break;
    }
    addLines(part, { before: key, after: "," }, inner, lines);
    count += 1;
  }
  lines.push(`${indent}${parts.end}${after}`);
}

/** What a value is made of, each part behind what stands before it. */
interface Parts {
  readonly begin: string;
  readonly end: string;
  readonly size: number;
  readonly entries: Iterable<readonly [before: string, part: unknown]>;
}

function partsOf(value: unknown): Parts | undefined {
  if (typeof value !== "object" || value === null || value instanceof Shown) return undefined;
  if (Array.isArray(value)) return { begin: "[", end: "]", size: value.length, entries: unnamed(value) };
  if (value instanceof Set) return { begin: "Set {", end: "}", size: value.size, entries: unnamed(value) };
  if (value instanceof Map) return { begin: "Map {", end: "}", size: value.size, entries: mapped(value) };
  if (Object.getPrototypeOf(value) !== Object.prototype) return undefined;
  const entries = Object.entries(value);
  return {
    begin: "{",
    end: "}",
    size: entries.length,
    entries: entries.map(([key, part]) => [`${formatKey(key)}: `, part]),
  };
}

function* unnamed(values: Iterable<unknown>): Generator<readonly [string, unknown]> {
  for (const value of values) yield ["", value];
}

function* mapped(values: ReadonlyMap<unknown, unknown>): Generator<readonly [string, unknown]> {
  for (const [key, value] of values) yield [`${formatParts(key, WIDTH)} => `, value];
}
