import { escapeForTerminal } from "../../text/escape.ts";

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["'", "&#39;"],
]);

/** A piece of a page that is HTML already. Made by {@linkcode markup} alone, so that text cannot pass for it. */
export class Markup {
  /** The HTML. */
  readonly text: string;

  /** Made by {@linkcode markup}. */
  constructor(text: string) {
    this.text = text;
  }
}

/** What can stand in a place of a template. */
type MarkupPart = string | number | Markup | undefined | readonly MarkupPart[];

/**
 * Puts a page together, as the tag of a template: what is not HTML already is text, and shown as such. Characters that do
 * not show, or turn the direction of others, are written as escapes.
 */
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

/** Escapes text for HTML, in an element or in a quoted attribute. */
function escapeHtml(text: string): string {
  return escapeForTerminal(text).replace(/[&<>"']/g, (character) => ESCAPES.get(character) ?? "");
}
