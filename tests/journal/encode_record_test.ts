import { assertEquals, assertNotEquals } from "@std/assert";
import { chainSum, encodeRecord } from "../../lib/journal/encode_record.ts";
import { lineOf } from "../support/test_record.ts";

const AT = "2026-11-23T02:15:00.123Z";

Deno.test("encodeRecord() writes marker, record, checksum and newline", () => {
  const first = encodeRecord({ seq: 0, at: AT, events: [{ type: "ended" }] }, "");
  assertEquals(lineOf(first), `[{"seq":0,"at":"${AT}","events":[{"type":"ended"}],"sum":"${first.sum}"}\n`);
  const second = encodeRecord({ seq: 1, at: AT, events: [{ type: "ended" }] }, first.sum);
  assertEquals(lineOf(second), `,{"seq":1,"at":"${AT}","events":[{"type":"ended"}],"sum":"${second.sum}"}\n`);
  assertEquals(JSON.parse(`${lineOf(first)}${lineOf(second)}]`).length, 2);
});

Deno.test("encodeRecord() escapes control, format and bidirectional characters", () => {
  const signal = "\u0007\u001b[31m\u0085\u00ad\u200b\u202e\u2066\u2028\ud800\ue000\ufeff\u{e0041} ä 😀";
  const line = lineOf(encodeRecord({ seq: 0, at: AT, events: [{ type: "signalled", signal }] }, ""));
  assertEquals(/[\p{C}\p{Zl}\p{Zp}]/v.test(line.slice(0, -1)), false);
  assertEquals(line.includes("\\u202e") && line.includes("ä 😀"), true);
  assertEquals(JSON.parse(`${line}]`)[0].events[0].signal, signal);
});

Deno.test("chainSum() covers the previous checksum and every byte", () => {
  assertEquals(chainSum("", "[{}"), "kKAgHL-qB3uO3EizDyDuLCvhxr4IsK8XcfWgvvaK8vU");
  assertEquals(chainSum("a", "bc"), chainSum("a", new TextEncoder().encode("bc")));
  assertNotEquals(chainSum("a", "bc"), chainSum("b", "bc"));
  assertNotEquals(chainSum("a", "bc"), chainSum("a", "bd"));
  assertNotEquals(chainSum("a", "bc"), chainSum("ab", "c"));
});
