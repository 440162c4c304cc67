import { assertEquals } from "@std/assert";
import { timeAxis } from "../../../lib/inspect/html/page_timeline.ts";

Deno.test("timeAxis() draws time in proportion while there is no long pause", () => {
  const { toPercent, gaps } = timeAxis([{ from: 1000, to: 1050 }, { from: 1050, to: 1080 }, { from: 1090, to: 1100 }]);
  assertEquals([1000, 1025, 1050, 1100, 900, 2000].map(toPercent), [0, 25, 50, 100, 0, 100]);
  assertEquals(gaps, []);
});

Deno.test("timeAxis() cuts a long pause short and says how long it was", () => {
  const { toPercent, gaps } = timeAxis([{ from: 0, to: 47 }, { from: 1_000_000, to: 1_000_047 }]);
  assertEquals([0, 47, 500_023.5, 1_000_000, 1_000_047].map((ms) => Math.round(toPercent(ms))), [0, 47, 50, 53, 100]);
  assertEquals(gaps.map(({ from, to }) => [Math.round(toPercent(from)), to - from]), [[47, 999_953]]);
});

Deno.test("timeAxis() leaves room for what happened however many pauses there were", () => {
  const stretches = Array.from({ length: 200 }, (_, index) => ({ from: index * 1e9, to: index * 1e9 + 10 }));
  const { toPercent, gaps } = timeAxis(stretches);
  assertEquals(gaps.length, 199);
  const drawn = stretches.reduce((sum, { from, to }) => sum + toPercent(to) - toPercent(from), 0);
  assertEquals(Math.round(drawn), 70);
});

Deno.test("timeAxis() has an answer when nothing took any time, or nothing happened", () => {
  assertEquals(timeAxis([]).toPercent(5), 100);
  assertEquals(timeAxis([{ from: 7, to: 7 }]).toPercent(7), 0);
});
