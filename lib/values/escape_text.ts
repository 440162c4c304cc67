import { unicodeEscape } from "./unicode_escape.ts";

// Tabs and line ends are white space between the tokens of a JSON text; inside a JSON string they cannot be.
const UNPRINTABLE = /[[\p{C}\p{Zl}\p{Zp}]--[\t\n\r]]/gv;
const BEYOND_ASCII = /[^\x20-\x7e]/;

/**
 * Escapes what a terminal or an editor may act on or hide: control, format (bidirectional ones too), private and
 * unassigned characters, lone surrogates, line and paragraph separators. The JSON text means the same afterwards.
 */
export function escapeJsonText(json: string): string {
  return BEYOND_ASCII.test(json) ? json.replace(UNPRINTABLE, unicodeEscape) : json;
}
