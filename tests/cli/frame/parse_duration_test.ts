import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../lib/cli/frame/command.ts";
import { parseDuration } from "../../../lib/cli/frame/parse_duration.ts";

Deno.test("parseDuration() knows seconds, minutes, hours, days and weeks", () => {
  const read: readonly (readonly [text: string, ms: number])[] = [
    ["0s", 0],
    ["90s", 90_000],
    ["15m", 900_000],
    ["12h", 43_200_000],
    ["30d", 2_592_000_000],
    ["2w", 1_209_600_000],
    ["1.5H", 5_400_000],
    [" 7 d ", 604_800_000],
  ];
  for (const [text, ms] of read) assertEquals(parseDuration(text, "--older"), ms, text);
});

Deno.test("parseDuration() refuses all else and names the option", () => {
  const hint = "s, m, h, d or w (seconds, minutes, hours, days, weeks)";
  const refused: readonly (readonly [text: string, reason: string])[] = [
    ["30", `add a unit: ${hint}`],
    ["30 days", `write a number and one of ${hint}, for example 90s, 12h or 30d`],
    ["30y", `write a number and one of ${hint}, for example 90s, 12h or 30d`],
    ["-1d", `write a number and one of ${hint}, for example 90s, 12h or 30d`],
    ["1e3s", `write a number and one of ${hint}, for example 90s, 12h or 30d`],
    ["", `write a number and one of ${hint}, for example 90s, 12h or 30d`],
    [`${"9".repeat(400)}w`, "it is too long"],
  ];
  for (const [text, reason] of refused) {
    const message = `Cannot read the duration ${JSON.stringify(text)} of --older: ${reason}`;
    assertEquals(assertThrows(() => parseDuration(text, "--older"), UsageError).message, message);
  }
});
