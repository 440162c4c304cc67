import { assertEquals } from "@std/assert";
import { formatTraceparent, parseTraceparent } from "../../../lib/run/trace/run_trace.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";

Deno.test("formatTraceparent() writes ids and flags", () => {
  assertEquals(formatTraceparent({ traceId: TRACE, spanId: SPAN, traceFlags: 1 }), `00-${TRACE}-${SPAN}-01`);
  assertEquals(formatTraceparent({ traceId: TRACE, spanId: SPAN, traceFlags: 0x103 }), `00-${TRACE}-${SPAN}-03`);
});

Deno.test("formatTraceparent() gives nothing for a span that nobody records", () => {
  assertEquals(formatTraceparent({ traceId: "0".repeat(32), spanId: "0".repeat(16), traceFlags: 0 }), undefined);
  assertEquals(formatTraceparent({ traceId: "", spanId: SPAN, traceFlags: 0 }), undefined);
});

Deno.test("parseTraceparent() reads what formatTraceparent() writes", () => {
  const context = { traceId: TRACE, spanId: SPAN, traceFlags: 1 };
  assertEquals(parseTraceparent(formatTraceparent(context) ?? ""), { ...context, isRemote: true });
});

Deno.test("parseTraceparent() refuses a text of another form", () => {
  const malformed = [
    "",
    "none",
    `01-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}`,
    `00-${TRACE}-${SPAN}-01-more`,
    `00-${TRACE}-${SPAN}-1`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${"0".repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${"0".repeat(16)}-01`,
    ` 00-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01\n`,
  ];
  assertEquals(malformed.filter((text) => parseTraceparent(text) !== undefined), []);
});
