/** Writes each UTF-16 code unit as `\uXXXX`, so that a character beyond U+FFFF becomes two escapes. */
function unicodeEscape(text: string): string {
  return text.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
}

const BEYOND_ASCII = /[^\x20-\x7e]/;
const SHORT_ESCAPES: ReadonlyMap<string, string> = new Map([["\n", "\\n"], ["\r", "\\r"], ["\t", "\\t"]]);

/**
 * Makes untrusted text safe to print on one line of a terminal: escapes what {@linkcode escapeJsonText} escapes, and line
 * ends and tabs too. For display only: backslashes are not doubled, so it cannot be reversed.
 */
export function escapeForTerminal(text: string): string {
  // V8 takes some milliseconds to make the tables of unprintable characters.
  if (!BEYOND_ASCII.test(text)) return text;
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gv, (character) => SHORT_ESCAPES.get(character) ?? unicodeEscape(character));
}

/** Makes one space of several characters that show nothing, so that a text in a question cannot look like several lines. */
export function squeezeBlanks(text: string): string {
  return text.replace(/[\s\u2800\p{DI}]{2,}/gv, " ").replace(/^[\s\u2800\p{DI}]/v, "");
}

/** Puts a name or a path into a message: in quotes, on one line, escaped. */
export function quote(text: string): string {
  return escapeForTerminal(JSON.stringify(text));
}

/**
 * Escapes the characters of JSON text that a terminal or an editor may act on or hide: control, format (including
 * bidirectional), private and unassigned characters, lone surrogates, line and paragraph separators. Its meaning stays.
 */
export function escapeJsonText(json: string): string {
  // Tabs and line ends are white space between the tokens of JSON text, and cannot occur in its strings.
  return BEYOND_ASCII.test(json) ? json.replace(/[[\p{C}\p{Zl}\p{Zp}]--[\t\n\r]]/gv, unicodeEscape) : json;
}

/** Cuts text that is longer than `maxLength` UTF-16 units, never within a character; `end` comes after what is left. */
export function cutText(text: string, maxLength: number, end = "…"): string {
  if (text.length <= maxLength) return text;
  return text.slice(0, Math.max(0, maxLength - end.length)).replace(/[\uD800-\uDBFF]$/, "") + end;
}

/**
 * Gets the message of what was thrown, of at most `maxLength` UTF-16 units. Never throws, although anything can be
 * thrown: an object that cannot become text, or an error whose message is a getter that throws.
 */
export function safeText(thrown: unknown, maxLength = 1000): string {
  let text: string;
  try {
    text = String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    text = "something that cannot be shown";
  }
  return cutText(text, maxLength).toWellFormed();
}

/** Leaves the password out of a URL, wherever it stands in a text. */
export function hidePassword(text: string): string {
  return text.replace(/(?<=[a-z][a-z0-9+.-]*:\/\/[^\s/?#@:]*):[^\s/?#]*(?=@)/gi, "").replace(
    /(?<=[?&]password=)[^\s&#]*/gi,
    "",
  );
}

/** Quotes a word for a shell. */
export function shellQuote(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  if (text === escapeForTerminal(text)) return `'${text.replaceAll("'", `'\\''`)}'`;
  // Text that cannot be shown cannot be copied either. bash, zsh and ksh understand this form.
  return `$'${escapeForTerminal(text.replaceAll("\\", "\\\\").replaceAll("'", "\\'"))}'`;
}

const MAX_MESSAGE = 500;

/** Shows an error's name and message on one line, escaped. */
export function formatError({ name, message }: { readonly name: string; readonly message: string }): string {
  return escapeForTerminal(cutText(message === "" ? name : `${name}: ${message}`, MAX_MESSAGE));
}

/** A journal may contain anything. A person pastes the command into a shell, so only a version gets into it. */
const SAFE_VERSION = /^\d+\.\d+\.\d+(?:-[\w.-]+)?$/;

/** A command for a person to type. It uses the version that wrote the journal. */
export function commandLine(library: string, command: string, journal: string, ...rest: readonly string[]): string {
  const version = SAFE_VERSION.test(library) ? `@${library}` : "";
  return ["deno run -A", `jsr:@x/resumable-tx${version}/cli`, command, shellQuote(journal), ...rest].join(" ");
}
