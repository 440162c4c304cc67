import { assertEquals, assertStrictEquals } from "@std/assert";
import { escapeJsonText } from "../../lib/text/escape.ts";

Deno.test("escapeJsonText() returns printable ASCII and printable letters as they are", () => {
  for (const json of ['{"a":[1,"~ \\" \\\\"]}', '"Grüße, 日本語, 😀"']) assertStrictEquals(escapeJsonText(json), json);
});

Deno.test("escapeJsonText() escapes what a terminal may act on or hide", () => {
  const cases: readonly [string, string][] = [
    ["\u007f\u0085\u009b", "\\u007f\\u0085\\u009b"],
    ["\u202e\u2066\u200b\ufeff\u00ad", "\\u202e\\u2066\\u200b\\ufeff\\u00ad"],
    ["\u2028\u2029", "\\u2028\\u2029"],
    ["\ue000\u{10fffd}", "\\ue000\\udbff\\udffd"],
    ["\u0378\uffff", "\\u0378\\uffff"],
    ["\u{e0041}", "\\udb40\\udc41"],
    ["\ud83d", "\\ud83d"],
  ];
  for (const [text, expected] of cases) assertEquals(escapeJsonText(`"${text}"`), `"${expected}"`);
});

Deno.test("escapeJsonText() keeps white space between tokens", () => {
  const json = '{\n\t"a": "\u202e"\r\n}';
  assertEquals(escapeJsonText(json), '{\n\t"a": "\\u202e"\r\n}');
});

Deno.test("escapeJsonText() leaves the meaning of every character as it is", () => {
  for (let code = 0; code <= 0x10ffff; code += 7) {
    const text = String.fromCodePoint(code);
    assertStrictEquals(JSON.parse(escapeJsonText(JSON.stringify(text))), text);
  }
});
