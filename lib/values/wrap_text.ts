import { unicodeWidth } from "@std/cli/unicode-width";

/**
 * Breaks a paragraph into lines that need at most so many columns, between words. A longer word stays whole, and spaces that
 * the paragraph begins with stand before each line.
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
