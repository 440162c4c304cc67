import { HIGHEST_PRIORITY, LOWEST_PRIORITY } from "../../journal/event.ts";
import { quote, safeText } from "../../text/escape.ts";
import { readDuration } from "../../text/format_time.ts";
import { suggestName } from "../../text/suggest_name.ts";
import { setBrand } from "../../values/brand.ts";
import { withoutUndefined } from "../../values/json.ts";
import { isObject, wholeNumber } from "../../values/shape.ts";
import { CronTimes } from "./cron_times.ts";
import type { ScheduleOptions, Schedules } from "./schedule_options.ts";

/** A schedule that was checked. */
export interface Schedule extends Pick<ScheduleOptions, "run" | "queue" | "priority" | "defaults" | "onFailure"> {
  readonly name: string;
  readonly times: CronTimes;
  readonly missed: "once" | "skip" | "all";
  readonly maxMissed: number;
  readonly withinMs: number | undefined;
  readonly overlap: "skip" | "queue" | "allow";
  /** What the store keeps of it, and compares: when another text is there, the schedule was edited. */
  readonly definition: string;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const KEYS = [
  ...[
    "cron",
    "timezone",
    "run",
    "missed",
    "maxMissed",
    "within",
    "overlap",
    "queue",
    "priority",
    "defaults",
    "onFailure",
  ],
];
const MAX_QUEUE = 200;
const MAX_MISSED = 1000;

/**
 * Defines the schedules of a module, which a worker gets by `work … --schedules MODULE`. Export them as default.
 *
 * @param list The schedules by their names: letters, digits, `.`, `_` and `-`.
 * @returns What the module exports.
 * @throws {TypeError} {@linkcode RangeError} An option is wrong. The message names the schedule and the option.
 *
 * @example
 * ```ts
 * import { schedules } from "@x/resumable-tx/schedules";
 *
 * export function report(day: string): void {
 *   console.log(`the report of ${day}`);
 * }
 *
 * export default schedules({
 *   nightly: {
 *     cron: "30 2 * * *",
 *     timezone: "Europe/Berlin",
 *     run: (t, { at }) => t.do(report, at.toISOString().slice(0, 10)),
 *     within: "1d",
 *   },
 * });
 * ```
 */
export function schedules(list: Readonly<Record<string, ScheduleOptions>>): Schedules {
  const names = checkSchedules(list).map(({ name }) => name);
  const made = { names };
  setBrand(made, "schedules", { list });
  return Object.freeze(made);
}

/** Checks schedules, also those that another copy of the library has made. */
export function checkSchedules(list: unknown): readonly Schedule[] {
  if (!isObject(list)) throw new TypeError("Schedules are an object: each has a name");
  return Object.entries(list).map(([name, options]) => {
    const fail = (problem: string, Kind = TypeError) => new Kind(`Cannot use the schedule ${quote(name)}: ${problem}`);
    if (!NAME.test(name)) {
      throw fail(
        "a name has at most 100 letters, digits, dots, underscores and dashes, and begins with a letter or digit",
      );
    }
    return checkSchedule(name, options, fail);
  });
}

type Fail = (problem: string, kind?: typeof TypeError | typeof RangeError) => Error;

function checkSchedule(name: string, options: unknown, fail: Fail): Schedule {
  if (!isObject(options)) throw fail("it is no object");
  const unknown = Object.keys(options).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) {
    const near = suggestName(unknown, KEYS);
    throw fail(
      `unknown option ${quote(unknown)}${near === undefined ? `: use ${KEYS.join(", ")}` : `. Did you mean ${near}?`}`,
    );
  }
  const { cron, timezone = "UTC", run, maxMissed, within, queue, priority, defaults } = options;
  if (typeof cron !== "string") throw fail('its option cron is a text, as "30 2 * * *"');
  if (typeof timezone !== "string") throw fail('its option timezone is a text, as "Europe/Berlin"');
  if (!isPlanning(run)) throw fail("its option run is a function that plans, as (t) => t.do(report)");
  const missed = oneOf(options, "missed", ["once", "skip", "all"] as const, fail);
  const overlap = oneOf(options, "overlap", ["skip", "queue", "allow"] as const, fail);
  const onFailure = oneOf(options, "onFailure", ["stop", "rollback"] as const, fail);
  if (maxMissed !== undefined && missed !== "all") throw fail('its option maxMissed needs missed: "all"');
  if (maxMissed !== undefined && !isWhole(maxMissed, 1, MAX_MISSED)) {
    throw fail(`its option maxMissed is a whole number from 1 to ${MAX_MISSED}`, RangeError);
  }
  const withinMs = typeof within === "string" ? readDuration(within) : undefined;
  if (within !== undefined && withinMs === undefined) {
    throw fail("its option within is a number and one of s, m, h, d or w, as 90s, 12h or 1d");
  }
  if (queue !== undefined && (typeof queue !== "string" || queue.trim() === "" || queue.length > MAX_QUEUE)) {
    throw fail(`its option queue is a name of 1 to ${MAX_QUEUE} characters`);
  }
  if (priority !== undefined && !isWhole(priority, LOWEST_PRIORITY, HIGHEST_PRIORITY)) {
    throw fail(`its option priority is a whole number from ${LOWEST_PRIORITY} to ${HIGHEST_PRIORITY}`, RangeError);
  }
  if (defaults !== undefined && !isObject(defaults)) throw fail("its option defaults is an object");
  const stored = {
    cron: cron.trim().replace(/\s+/g, " "),
    timezone,
    missed,
    maxMissed,
    within,
    overlap,
    queue,
    priority,
  };
  return {
    name,
    times: readTimes(cron, timezone, fail),
    run,
    missed,
    maxMissed: maxMissed ?? 100,
    withinMs,
    overlap,
    queue,
    priority,
    defaults,
    onFailure,
    definition: JSON.stringify(withoutUndefined(stored)),
  };
}

/** How a stored definition says when it fires; nothing if it is not understood. Any program may have written it. */
export function timesOf(definition: string): CronTimes | undefined {
  try {
    const stored: unknown = JSON.parse(definition);
    const { cron, timezone } = isObject(stored) ? stored : {};
    return typeof cron === "string" && typeof timezone === "string" ? new CronTimes(cron, timezone) : undefined;
  } catch {
    return undefined;
  }
}

function readTimes(cron: string, timezone: string, fail: Fail): CronTimes {
  try {
    return new CronTimes(cron, timezone);
  } catch (error) {
    throw fail(safeText(error));
  }
}

function oneOf<W extends string>(
  options: Readonly<Record<string, unknown>>,
  key: string,
  words: readonly [W, ...W[]],
  fail: Fail,
): W {
  const given = options[key];
  const found = words.find((word) => word === (given === undefined ? words[0] : given));
  if (found !== undefined) return found;
  const near = typeof given === "string" ? suggestName(given, words) : undefined;
  const hint = near === undefined ? `use ${words.map(quote).join(", ")}` : `did you mean ${quote(near)}?`;
  throw fail(`its option ${key} cannot be ${quote(String(given))}: ${hint}`);
}

function isPlanning(value: unknown): value is ScheduleOptions["run"] {
  return typeof value === "function";
}

function isWhole(value: unknown, least: number, most: number): value is number {
  return wholeNumber(least, most)(value) === undefined;
}
