import { escapeForTerminal } from "../../text/escape.ts";

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["'", "&#39;"],
]);

/** A piece of a page that is HTML already. Only {@linkcode markup} makes it, so that no text passes for HTML. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type MarkupPart = string | number | Markup | undefined | readonly MarkupPart[];

/** The tag of templates that make up a page: what is not HTML already is escaped, for a terminal, too. */
export function markup(template: TemplateStringsArray, ...parts: readonly MarkupPart[]): Markup {
  let text = "";
  for (const [index, piece] of template.entries()) {
    text += piece;
    if (index < parts.length) text += toText(parts[index]);
  }
  return new Markup(text);
}

function toText(part: MarkupPart): string {
  if (part === undefined) return "";
  if (part instanceof Markup) return part.text;
  if (typeof part === "number") return String(part);
  if (typeof part === "string") return escapeHtml(part);
  return part.map(toText).join("");
}

function escapeHtml(text: string): string {
  return escapeForTerminal(text).replace(/[&<>"']/g, (character) => ESCAPES.get(character) ?? "");
}
