import { escapeForTerminal } from "../values/escape_for_terminal.ts";

/** The last part of a URL, as people call a program. Escaped. */
export function fileName(url: string): string {
  const path = url.replace(/[?#].*$/, "");
  return escapeForTerminal(path.slice(path.lastIndexOf("/") + 1) || url || "unknown program");
}
