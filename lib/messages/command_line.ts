import { escapeForTerminal } from "../text/escape.ts";

/** A journal may say anything; what stands in a command that somebody will paste into a shell must be a version. */
const VERSION = /^\d+\.\d+\.\d+(?:-[\w.-]+)?$/;

/** A command for a person to type: the command line of the version that wrote the journal. */
export function commandLine(library: string, command: string, journal: string, ...rest: readonly string[]): string {
  const version = VERSION.test(library) ? `@${library}` : "";
  return ["deno run -A", `jsr:@x/resumable-tx${version}/cli`, command, shellQuote(journal), ...rest].join(" ");
}

/** Writes a word so that a shell takes it as it is. */
export function shellQuote(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  if (text === escapeForTerminal(text)) return `'${text.replaceAll("'", `'\\''`)}'`;
  // What cannot be shown cannot be copied either: this form is understood by bash, zsh and ksh.
  return `$'${escapeForTerminal(text.replaceAll("\\", "\\\\").replaceAll("'", "\\'"))}'`;
}
