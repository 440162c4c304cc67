import { assertEquals, assertThrows } from "@std/assert";
import { CronTimes } from "../../../lib/work/schedules/cron_times.ts";

const [MINUTE, DAY] = [60_000, 86_400_000];

/** Zones, and a day in each at which the clock is set. Lord Howe jumps by half an hour; São Paulo at midnight. */
const CHANGES: readonly (readonly [zone: string, day: string])[] = [
  ["Europe/Berlin", "2026-03-29"],
  ["Europe/Berlin", "2026-10-25"],
  ["America/New_York", "2026-03-08"],
  ["America/New_York", "2026-11-01"],
  ["Australia/Lord_Howe", "2026-10-03"],
  ["Australia/Lord_Howe", "2026-04-04"],
  ["America/Sao_Paulo", "2018-11-04"],
  ["America/Sao_Paulo", "2018-02-18"],
  ["Pacific/Auckland", "2026-09-26"],
  ["Pacific/Auckland", "2026-04-04"],
  ["Africa/Casablanca", "2026-02-15"],
  ["Asia/Kathmandu", "2026-05-05"],
  ["UTC", "2026-05-05"],
];

/** Patterns with what they mean: minutes, and hours unless any hour will do. */
const PATTERNS: readonly (readonly [cron: string, minutes: readonly number[], hours?: readonly number[]])[] = [
  ["30 2 * * *", [30], [2]],
  ["0,30 2 * * *", [0, 30], [2]],
  ["*/20 1-3 * * *", [0, 20, 40], [1, 2, 3]],
  ["15 0 * * *", [15], [0]],
  ["45 1 * * *", [45], [1]],
  ["0 0,1,2,3 * * *", [0], [0, 1, 2, 3]],
  ["*/10 * * * *", [0, 10, 20, 30, 40, 50]],
  ["5 * * * *", [5]],
];

interface LocalMinute {
  readonly at: number;
  readonly day: string;
  /** Of that day. */
  readonly minute: number;
}

/** What a clock on the wall shows in each minute of a few days. */
function wallClock(timeZone: string, begin: number, end: number): readonly LocalMinute[] {
  const numeric = "2-digit";
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: numeric,
    day: numeric,
    hour: numeric,
    minute: numeric,
  });
  const minutes: LocalMinute[] = [];
  for (let at = begin; at < end; at += MINUTE) {
    const [, day = "", hour, minute] = /^(\S+), (\d\d):(\d\d)/.exec(format.format(at)) ?? [];
    minutes.push({ at, day, minute: Number(hour) * 60 + Number(minute) });
  }
  return minutes;
}

/** The times of a pattern, found by looking at that clock: a time that it never shows is that at which it has passed it. */
function lookAtClock(
  clock: readonly LocalMinute[],
  minutes: readonly number[],
  hours?: readonly number[],
): Set<number> {
  if (hours === undefined) {
    return new Set(clock.filter(({ minute }) => minutes.includes(minute % 60)).map(({ at }) => at));
  }
  const found = new Set<number>();
  for (const day of new Set(clock.map(({ day }) => day))) {
    for (const wanted of hours.flatMap((hour) => minutes.map((minute) => hour * 60 + minute))) {
      const shown = clock.find((one) => one.day === day && one.minute === wanted) ??
        clock.find((one) => one.day === day && one.minute > wanted);
      if (shown !== undefined) found.add(shown.at);
    }
  }
  return found;
}

for (const [zone, date] of CHANGES) {
  Deno.test(`times in ${zone} around ${date} are those that a clock on the wall shows`, () => {
    const middle = Date.parse(`${date}T12:00:00Z`);
    const clock = wallClock(zone, middle - 3 * DAY, middle + 3 * DAY);
    for (const [cron, minutes, hours] of PATTERNS) {
      const [begin, end] = [middle - 2 * DAY, middle + 2 * DAY];
      const expected = [...lookAtClock(clock, minutes, hours)].filter((at) => at > begin && at <= end)
        .toSorted((a, b) => a - b);
      const times = new CronTimes(cron, zone);
      const found: number[] = [];
      for (let next = times.next(begin); next !== undefined && next <= end; next = times.next(next)) found.push(next);
      const show = (all: readonly number[]) => all.map((at) => new Date(at).toISOString());
      assertEquals(show(found), show(expected), cron);
      // From any other moment, the same one is next.
      for (let at = begin; at < end; at += 7_234_567) {
        assertEquals(times.next(at), expected.find((time) => time > at) ?? times.next(end), `${cron} after ${at}`);
      }
    }
  });
}

Deno.test("CronTimes takes five or six fields, or a nickname, and says what is wrong with others", () => {
  const next = (cron: string) => new CronTimes(cron, "UTC").next(Date.UTC(2026, 0, 1)) ?? 0;
  assertEquals(next("*/10 * * * * *"), Date.UTC(2026, 0, 1, 0, 0, 10));
  assertEquals(next("@weekly"), Date.UTC(2026, 0, 4));
  assertEquals(next("0 0 29 2 *"), Date.UTC(2028, 1, 29));
  const wrong = ["", "* * * *", "0 0 0 1 1 * 2027", "2026-05-05T00:00:00", "@reboot", "61 * * * *", "0 25 * * *"];
  for (const cron of [...wrong, "*/0 * * * *", "a b c d e", "5-1 * * * *", "0 0 30 2 *", "0 0 * JANU *"]) {
    assertThrows(() => new CronTimes(cron, "UTC"), TypeError, "its cron ");
  }
  for (const zone of ["Europe/Berln", "Mars", "", "+01:00", "-0300"]) {
    assertThrows(() => new CronTimes("@daily", zone), TypeError, "its timezone ");
  }
});
