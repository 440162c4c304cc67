import { unicodeWidth } from "@std/cli/unicode-width";

/** Cuts a text to a number of terminal columns, never within a character. */
export function cutToWidth(text: string, width: number): string {
  if (unicodeWidth(text) <= width) return text;
  if (width <= 0) return "";
  let cut = "";
  let room = width - 1;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    room -= unicodeWidth(segment);
    if (room < 0) break;
    cut += segment;
  }
  return `${cut}…`;
}

/**
 * Breaks a paragraph between words into lines of at most `width` columns. A longer word is not broken. If the paragraph is
 * indented, each line is.
 */
export function wrapText(text: string, width: number): readonly string[] {
  const indent = /^ */.exec(text)?.[0] ?? "";
  const lines: string[] = [];
  let line = "";
  let used = 0;
  for (const word of text.slice(indent.length).split(" ")) {
    const wordWidth = unicodeWidth(word);
    if (line !== "" && indent.length + used + wordWidth + 1 > width) {
      lines.push(line);
      line = "";
    }
    used = line === "" ? wordWidth : used + wordWidth + 1;
    line += line === "" ? word : ` ${word}`;
  }
  return [...lines, line].map((line) => indent + line.trimEnd());
}
