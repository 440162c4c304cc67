import { unicodeEscape } from "./unicode_escape.ts";

const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gv;
const BEYOND_ASCII = /[^\x20-\x7e]/;
const SHORT_ESCAPES: ReadonlyMap<string, string> = new Map([["\n", "\\n"], ["\r", "\\r"], ["\t", "\\t"]]);

/**
 * Shows untrusted text on one line and without effect on the terminal: what {@linkcode escapeJsonText} escapes is
 * escaped here, line ends and tabs too. Meant for eyes: backslashes stay single, so it cannot be turned back.
 */
export function escapeForTerminal(text: string): string {
  // The tables of all that is unprintable take V8 some milliseconds to compile.
  if (!BEYOND_ASCII.test(text)) return text;
  return text.replace(UNPRINTABLE, (character) => SHORT_ESCAPES.get(character) ?? unicodeEscape(character));
}
