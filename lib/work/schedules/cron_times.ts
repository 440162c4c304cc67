import { Cron } from "croner";
import { quote, safeText } from "../../text/escape.ts";
import { suggestName } from "../../text/suggest_name.ts";

const NICKNAMES = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@hourly"];
const DAY_MS = 86_400_000;
/** A pattern with more times of the day than that follows the clock of its zone through all its jumps. */
const MAX_TIMES_OF_DAY = 24 * 60;
/** Any whole day. */
const SAMPLE_DAY = Date.UTC(2001, 0, 1);

/**
 * The times that a cron pattern names in a time zone. Where the hours are fixed, a time that a clock jumps over is that at
 * which the jump ends, and a time that comes twice is the first one. Where they are not (`*`), times follow each other as they
 * pass.
 */
export class CronTimes {
  readonly #timezone: string;
  readonly #all: Cron;
  /** Seconds, minutes, hours; then days, months, days of the week. Nothing if the hours are not fixed, or only one time is. */
  readonly #fixed: readonly [times: string, days: string] | undefined;
  readonly #offsets: Intl.DateTimeFormat;
  #each: readonly Cron[] | undefined;

  /** @throws {TypeError} With the end of a sentence: the pattern is none, never comes, or there is no such zone. */
  constructor(cron: string, timezone: string) {
    this.#timezone = timezone;
    this.#offsets = offsetFormat(timezone);
    this.#all = parse(cron, timezone);
    const fields = cron.trim().split(/\s+/);
    const [seconds = "0", minutes = "", hours = "*", ...days] = fields.length === 5 ? ["0", ...fields] : fields;
    const isSingle = [seconds, minutes, hours].every((field) => /^\d+$/.test(field));
    const isFixed = !isSingle && !/[*?@]/.test(hours);
    this.#fixed = isFixed ? [`${seconds} ${minutes} ${hours}`, days.join(" ")] : undefined;
    if (this.#all.nextRun(new Date(0)) === null) {
      throw new TypeError(`its cron ${quote(cron)} names no day that ever comes`);
    }
  }

  /** The first time after another one, both in milliseconds since 1970; nothing if none comes any more. */
  next(after: number): number | undefined {
    const next = nextOf(this.#all, after);
    // A jump of the clock can move a time by less than a day.
    const near = [after, next ?? after].flatMap((time) => [time - DAY_MS, time, time + DAY_MS]);
    if (this.#fixed === undefined || new Set(near.map((time) => this.offset(time))).size === 1) return next;
    const each = this.#each ??= this.#splitDay(this.#fixed);
    if (each.length === 0) return next;
    const times = each.map((cron) => nextOf(cron, after) ?? Infinity);
    const first = Math.min(...times);
    return Number.isFinite(first) ? first : undefined;
  }

  /** The offset of the zone at a time, as `+01:00`. */
  offset(time: number): string {
    const part = this.#offsets.formatToParts(time).find(({ type }) => type === "timeZoneName")?.value ?? "";
    return part === "GMT" ? "+00:00" : part.replace("GMT", "");
  }

  /** One pattern for each time of the day. */
  #splitDay([times, days]: readonly [times: string, days: string]): readonly Cron[] {
    const sample = new Cron(`${times} * * *`, { timezone: "UTC" });
    const found = sample.nextRuns(MAX_TIMES_OF_DAY + 1, new Date(SAMPLE_DAY - 1))
      .filter((time) => time.getTime() < SAMPLE_DAY + DAY_MS);
    if (found.length > MAX_TIMES_OF_DAY) return [];
    return found.map((time) => {
      const fields = [time.getUTCSeconds(), time.getUTCMinutes(), time.getUTCHours()];
      return new Cron(`${fields.join(" ")} ${days}`, { timezone: this.#timezone });
    });
  }
}

function nextOf(cron: Cron, after: number): number | undefined {
  return cron.nextRun(new Date(after))?.getTime();
}

function parse(cron: string, timezone: string): Cron {
  const fields = cron.trim().split(/\s+/);
  const isNickname = cron.trim().startsWith("@");
  if (isNickname && !NICKNAMES.includes(cron.trim().toLowerCase())) {
    throw new TypeError(`its cron ${quote(cron)} is none of ${NICKNAMES.join(", ")}`);
  }
  if (!isNickname && fields.length !== 5 && fields.length !== 6) {
    const expected =
      'five are expected, as in "30 2 * * *": minute, hour, day, month, day of the week; or six, seconds first';
    throw new TypeError(`its cron ${quote(cron)} has ${cron.trim() === "" ? 0 : fields.length} fields: ${expected}`);
  }
  try {
    return new Cron(cron, { timezone });
  } catch (error) {
    throw new TypeError(`its cron ${quote(cron)} is impossible: ${safeText(error).replace(/^.*?CronPattern: /s, "")}`, {
      cause: error,
    });
  }
}

function offsetFormat(timeZone: string): Intl.DateTimeFormat {
  try {
    if (/^[+-]/.test(timeZone)) throw new RangeError("an offset is not the same all year");
    return new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
  } catch (cause) {
    const near = suggestName(timeZone, Intl.supportedValuesOf("timeZone"));
    const hint = near === undefined ? 'write a name as "Europe/Berlin" or "UTC"' : `did you mean ${quote(near)}?`;
    throw new TypeError(`its timezone ${quote(timeZone)} is unknown: ${hint}`, { cause });
  }
}
