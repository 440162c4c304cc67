import { type Markup, markup } from "./markup.ts";
import type { Inspection } from "./inspection.ts";
import { preformatted } from "./page_steps.ts";

/** Shows what to type next. One click selects a command. */
export function pageNext({ next }: Inspection): Markup | undefined {
  if (next.length === 0) return undefined;
  const items = next.map(({ when, command }) => markup`<li>${when}${preformatted([command])}</li>\n`);
  return markup`<section aria-labelledby="next"><h2 id="next">What to type next</h2>
<ol class="next">${items}</ol></section>\n`;
}
