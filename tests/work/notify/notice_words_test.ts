import { assertEquals, assertThrows } from "@std/assert";
import { parseNoticeWords } from "../../../lib/work/notify/notice_words.ts";

Deno.test("parseNoticeWords() reads statuses of a list, and refuses other words", () => {
  assertEquals(parseNoticeWords("waiting"), new Set(["waiting"]));
  assertEquals(parseNoticeWords(" Aborted, skipped,,finished "), new Set(["aborted", "skipped", "finished"]));
  for (const text of ["", " , ", "failed", "waiting,abortd"]) {
    assertThrows(() => parseNoticeWords(text), SyntaxError);
  }
});
