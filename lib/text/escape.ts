/** Writes each UTF-16 code unit of a text as `\uXXXX`, so that an astral character becomes two escapes. */
function unicodeEscape(text: string): string {
  let escaped = "";
  for (let index = 0; index < text.length; index++) {
    escaped += `\\u${text.charCodeAt(index).toString(16).padStart(4, "0")}`;
  }
  return escaped;
}

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

// Tabs and line ends are white space between the tokens of a JSON text; inside a JSON string they cannot be.
const UNPRINTABLE_IN_JSON = /[[\p{C}\p{Zl}\p{Zp}]--[\t\n\r]]/gv;
const OUTSIDE_ASCII = /[^\x20-\x7e]/;

/**
 * Escapes what a terminal or an editor may act on or hide: control, format (bidirectional ones too), private and
 * unassigned characters, lone surrogates, line and paragraph separators. The JSON text means the same afterwards.
 */
export function escapeJsonText(json: string): string {
  return OUTSIDE_ASCII.test(json) ? json.replace(UNPRINTABLE_IN_JSON, unicodeEscape) : json;
}

/**
 * Says in words what was thrown. Anything can be: an object that cannot become text, an error whose message is a getter that
 * throws in turn. Never throws, and never says more than a few lines.
 *
 * @param thrown What was thrown.
 * @param maxLength How many UTF-16 units are enough.
 */
export function safeText(thrown: unknown, maxLength = 1000): string {
  let text: string;
  try {
    text = String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    text = "something that cannot be shown";
  }
  return text.length <= maxLength ? text : `${text.slice(0, maxLength - 1)}…`;
}
