import { assertEquals } from "@std/assert";
import { wrapText } from "../../lib/text/width.ts";

Deno.test("wrapText() breaks between words, counts wide characters twice, and keeps an indent and longer words", () => {
  const cases: readonly (readonly [text: string, width: number, lines: readonly string[]])[] = [
    ["one two three", 7, ["one two", "three"]],
    ["one   two", 20, ["one   two"]],
    ["日本 語", 6, ["日本", "語"]],
    ["日本 語", 7, ["日本 語"]],
    ["  one two", 5, ["  one", "  two"]],
    ["unbreakable one", 4, ["unbreakable", "one"]],
    ["", 10, [""]],
  ];
  for (const [text, width, lines] of cases) assertEquals(wrapText(text, width), lines, JSON.stringify(text));
});
