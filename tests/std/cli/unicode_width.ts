/** What a terminal shows two columns wide: East Asian wide and full-width characters, and most pictures. */
const WIDE = new RegExp(
  "[\u{1100}-\u{115F}\u{2E80}-\u{303E}\u{3041}-\u{33FF}\u{3400}-\u{4DBF}\u{4E00}-\u{9FFF}\u{A000}-\u{A4CF}" +
    "\u{A960}-\u{A97F}\u{AC00}-\u{D7A3}\u{F900}-\u{FAFF}\u{FE30}-\u{FE6F}\u{FF01}-\u{FF60}\u{FFE0}-\u{FFE6}" +
    "\u{20000}-\u{3FFFD}]|\\p{Emoji_Presentation}",
  "u",
);

/** What takes no column: control and format characters, and marks that combine with the one before. */
const NARROW = /[\p{Cc}\p{Cf}\p{Mn}\p{Me}]/u;

/** What tells a terminal to do something: a colour, a title. */
// deno-lint-ignore no-control-regex
const SEQUENCE = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\))/g;

/** Counts the columns that a terminal needs for a text. */
export function unicodeWidth(str: string): number {
  // As in the real package, plain text is counted without any of the above.
  if (/^[\x20-\x7e]*$/.test(str)) return str.length;
  let width = 0;
  for (const character of str.replace(SEQUENCE, "")) {
    if (NARROW.test(character)) continue;
    width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}
