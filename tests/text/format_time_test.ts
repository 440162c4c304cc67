import { assertEquals } from "@std/assert";
import { formatDuration, formatTimeBeside } from "../../lib/text/format_time.ts";

Deno.test("formatDuration() uses the unit that people would", () => {
  const shown = [0, 0.01, 0.26, 12, 999.4, 999.5, 1234, 61_000, 3_600_000, 90_000_000].map(formatDuration);
  assertEquals(shown, [
    "0 ms",
    "under 0.1 ms",
    "0.3 ms",
    "12 ms",
    "999 ms",
    "1.000 s",
    "1.234 s",
    "1 min 1 s",
    "1 h 0 min",
    "1 d 1 h",
  ]);
});

Deno.test("formatTimeBeside() leaves the day out when it is the same", () => {
  const start = "2026-11-23T02:15:00.123Z";
  assertEquals(formatTimeBeside("2026-11-23T02:15:00.125Z", start), "02:15:00.125");
  assertEquals(formatTimeBeside("2026-11-24T02:15:00.125Z", start), "2026-11-24 02:15:00.125 UTC");
});
