import { UsageError } from "./command.ts";

/** Milliseconds in each unit, by the letter that stands for it. */
const UNITS: ReadonlyMap<string, number> = new Map([
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
  ["w", 7 * 86_400_000],
]);

/** Longer than anything can be old: beyond it sums with dates stop being exact. */
const MAX_MS = 10_000 * 365 * 86_400_000;

/**
 * Reads a duration as people type it: a number and a unit, as in `90s`, `15m`, `12h`, `30d`, `2w` or `1.5h`.
 *
 * @param text What was typed.
 * @param place Where, for the message: an option with its dashes.
 * @param command The command whose option it is.
 * @returns Milliseconds.
 * @throws {UsageError} It is none.
 */
export function parseDuration(text: string, place: string, command: string): number {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?) ?([a-z])$/i.exec(text.trim()) ?? [];
  const ms = Number(number) * (UNITS.get(unit.toLowerCase()) ?? NaN);
  if (number !== "" && ms <= MAX_MS) return ms;
  const reason = ms > MAX_MS ? "it is too long" : hintOf(text);
  throw new UsageError(`Cannot read the duration ${JSON.stringify(text)} of ${place}: ${reason}`, command);
}

function hintOf(text: string): string {
  const isBare = /^\d+(?:\.\d+)?$/.test(text.trim());
  const units = "s, m, h, d or w (seconds, minutes, hours, days, weeks)";
  return isBare ? `put a unit behind it: ${units}` : `write a number and one of ${units}, as in 90s, 12h or 30d`;
}
