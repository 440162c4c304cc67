import { assertEquals } from "@std/assert";
import { escapeForTerminal } from "../../lib/text/escape.ts";

Deno.test("escapeForTerminal() shows control, format and separator characters as escapes, on one line", () => {
  assertEquals(
    escapeForTerminal("a\nb\r\tc\x1b[31m\u009b\u202e\u2028\u{e0041}\ud800 ü😀"),
    "a\\nb\\r\\tc\\u001b[31m\\u009b\\u202e\\u2028\\udb40\\udc41\\ud800 ü😀",
  );
});
