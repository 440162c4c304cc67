import type { Markup } from "./markup.ts";

/** A part of a page with the style that it needs: the page's policy lets no element have a style of its own. */
export interface PagePart {
  /** The part; nothing where there is nothing to show. */
  readonly part: Markup | undefined;
  /** Rules of CSS. No text of a journal gets into them. */
  readonly style: string;
}
