import { decodeValue } from "../values/decode_value.ts";
import { escapeForTerminal } from "../values/escape_for_terminal.ts";
import type { Encoded } from "../values/json.ts";
import type { Placeholder } from "../values/placeholder.ts";
import { formatParts } from "./format_parts.ts";
import { Shown } from "./shown.ts";

/** Longest text of one value. */
const MAX_LENGTH = 120;

/** How a value is shown. */
export interface FormatValueOptions {
  /** Shows a place-holder. */
  readonly showPlaceholder?: (placeholder: Placeholder) => string;
  /**
   * Longest text, in characters.
   *
   * @default 120
   */
  readonly maxLength?: number;
}

/**
 * Shows an encoded value on one line, for reading: cut where it is long, and without effect on a terminal. What cannot
 * be decoded is shown as such, since a journal is looked at when something is wrong.
 */
export function formatValue(encoded: Encoded, options: FormatValueOptions = {}): string {
  return formatParts(decodeForReading(encoded, options), options.maxLength ?? MAX_LENGTH);
}

/** Shows the arguments of a call, without the parentheses. */
export function formatArguments(encoded: Encoded, options: FormatValueOptions = {}): string {
  const { maxLength = MAX_LENGTH } = options;
  const args = decodeForReading(encoded, options);
  if (args === undefined) return "";
  if (!Array.isArray(args)) return formatParts(args, maxLength);
  let text = "";
  for (const [index, arg] of args.entries()) {
    if (text.length >= maxLength) return `${text}, … ${args.length - index} more`;
    text += (index === 0 ? "" : ", ") + formatParts(arg, Math.max(20, maxLength - text.length));
  }
  return text;
}

/** Decodes a value to be looked at: with a text in the place of each place-holder, and of a value that cannot be decoded. */
export function decodeForReading(encoded: Encoded, options: FormatValueOptions = {}): unknown {
  // Plain data needs no copy to be looked at, and most values are plain.
  if (encoded.meta === undefined) return encoded.value;
  const { showPlaceholder = showPlainly } = options;
  try {
    return decodeValue(encoded, (placeholder) => new Shown(escapeForTerminal(showPlaceholder(placeholder))));
  } catch {
    return new Shown("<cannot be decoded>");
  }
}

function showPlainly(placeholder: Placeholder): string {
  return placeholder.kind === "env" ? `env.${placeholder.name}` : `state[${placeholder.step}]`;
}
