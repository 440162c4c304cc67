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

/** Cuts the beginning of a text, such as a path, whose end says more. */
export function cutStartToWidth(text: string, width: number): string {
  let excess = unicodeWidth(text) - width;
  if (excess <= 0) return text;
  let from = 0;
  // The sign for what is cut takes one column.
  excess += 1;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (excess <= 0) break;
    excess -= unicodeWidth(segment);
    from += segment.length;
  }
  return `…${text.slice(from)}`;
}

/**
 * Breaks a line into rows of at most `width` columns, between words if they fit, and never within a character. Each row but the
 * first begins with `mark`.
 */
export function foldLine(line: string, width: number, mark: string): readonly string[] {
  if (unicodeWidth(line) <= width) return [line];
  const rows: string[] = [];
  let [begin, row] = ["", ""];
  for (const { segment } of new Intl.Segmenter().segment(line)) {
    if (row !== "" && unicodeWidth(begin + row + segment) > width) {
      const [, whole = row, word = ""] = /^(.*\S) +(\S*)$/.exec(row) ?? [];
      const fits = unicodeWidth(mark + word + segment) <= width;
      rows.push(begin + (fits ? whole : row));
      [begin, row] = [mark, fits ? word : ""];
    }
    row += segment;
  }
  return [...rows, begin + row];
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
