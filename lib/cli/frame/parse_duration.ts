import { UsageError } from "./command.ts";

const UNITS: ReadonlyMap<string, number> = new Map([
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
  ["w", 7 * 86_400_000],
]);

/** Beyond this, sums with dates are no longer exact. */
const MAX_MS = 10_000 * 365 * 86_400_000;

/**
 * Parses a duration: a number and a unit, as in `90s`, `15m`, `12h`, `30d`, `2w` or `1.5h`.
 *
 * @param place The option with its dashes, for the message.
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
  return isBare ? `add a unit: ${units}` : `write a number and one of ${units}, for example 90s, 12h or 30d`;
}
