import { assertEquals, assertThrows } from "@std/assert";
import { checkSchedules, schedules } from "../../../lib/work/schedules/define_schedules.ts";
import { readBrand } from "../../../lib/values/brand.ts";

const run = () => {};
const good = { cron: "30 2 * * *", timezone: "Europe/Berlin", run };

/** What is wrong, and which words the message has besides the name of the schedule. */
const WRONG: readonly (readonly [options: unknown, ...words: readonly string[]])[] = [
  [{ ...good, timeZone: "UTC" }, '"timeZone"', "timezone"],
  [{ ...good, croon: "" }, '"croon"', "cron"],
  [{ ...good, cron: "61 * * * *" }, '"61 * * * *"', "61"],
  [{ ...good, cron: "0 0 30 2 *" }, '"0 0 30 2 *"'],
  [{ ...good, cron: 30 }, "cron"],
  [{ ...good, timezone: "Europe/Berln" }, '"Europe/Berln"', '"Europe/Berlin"'],
  [{ ...good, timezone: 1 }, "timezone"],
  [{ cron: "* * * * *" }, "run"],
  [{ ...good, run: "report" }, "run"],
  [{ ...good, missed: "ocne" }, "missed", '"once"'],
  [{ ...good, missed: null }, "missed"],
  [{ ...good, maxMissed: 3 }, "maxMissed"],
  [{ ...good, missed: "all", maxMissed: 0 }, "maxMissed", "1000"],
  [{ ...good, missed: "all", maxMissed: 1.5 }, "maxMissed"],
  [{ ...good, within: "1 day" }, "within", "1d"],
  [{ ...good, within: 5 }, "within"],
  [{ ...good, overlap: "alow" }, "overlap", '"allow"'],
  [{ ...good, queue: " " }, "queue"],
  [{ ...good, priority: 1e9 }, "priority", "32767"],
  [{ ...good, onFailure: "undo" }, "onFailure", '"rollback"'],
  [{ ...good, defaults: 1 }, "defaults"],
  ["30 2 * * *", "object"],
  [undefined, "object"],
];

for (const [options, ...words] of WRONG) {
  Deno.test(`a schedule is refused, and its error names it: ${JSON.stringify(options)}`, () => {
    const error = assertThrows(() => checkSchedules({ fine: good, nightly: options }), Error);
    assertEquals(error instanceof TypeError || error instanceof RangeError, true);
    assertEquals(['"nightly"', ...words].filter((word) => !error.message.includes(word)), [], error.message);
  });
}

Deno.test("a name of a schedule can be typed, and be a part of a file's name", () => {
  for (const name of ["", "a b", "../a", "a@b", "a:b", "-a", "x".repeat(101), "ä", "\u001b[2J"]) {
    const error = assertThrows(() => checkSchedules({ [name]: good }), TypeError);
    assertEquals(error.message.includes("\u001b"), false);
  }
  assertEquals(checkSchedules({ "a.b-c_1": good }).map(({ name }) => name), ["a.b-c_1"]);
  assertThrows(() => checkSchedules([good]), TypeError);
});

Deno.test("two definitions are the same if they say the same", () => {
  const [one, other, edited] = [
    { ...good, cron: " 30  2 * * * " },
    { run: () => 7, timezone: "Europe/Berlin", cron: "30 2 * * *", overlap: "skip" },
    { ...good, priority: 3 },
  ].map((options) => checkSchedules({ nightly: options })[0]?.definition);
  assertEquals([one === other, one === edited], [true, false]);
});

Deno.test("schedules() tells the names, and every copy of the library reads what it was given", () => {
  const list = { nightly: good, hourly: { cron: "@hourly", run } };
  const made = schedules(list);
  assertEquals(made.names, ["nightly", "hourly"]);
  assertEquals(Object.keys(readBrand(made, "schedules")?.list ?? {}), ["nightly", "hourly"]);
});
