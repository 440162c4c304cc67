import { unicodeWidth } from "@std/cli/unicode-width";

/** Cuts a text so that a terminal needs at most so many columns for it, never through a character. */
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
