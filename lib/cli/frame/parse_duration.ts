import { readDuration } from "../../text/format_time.ts";
import { type CommandIo, type CommandRequest, UsageError } from "./command.ts";

/** Beyond this, sums with dates are no longer exact. */
const MAX_MS = 10_000 * 365 * 86_400_000;

/** The latest time that is as old as `--older` asks for, in milliseconds since 1970. */
export function readLatest({ texts }: CommandRequest, io: CommandIo): number | undefined {
  const older = texts.get("older");
  return older === undefined ? undefined : io.now().getTime() - parseDuration(older, "--older");
}

/** Parses the value of an option, such as `90s`, `15m`, `12h`, `30d`, `2w` or `1.5h`, to milliseconds. */
export function parseDuration(text: string, option: string): number {
  const ms = readDuration(text);
  if (ms !== undefined && ms <= MAX_MS) return ms;
  const reason = ms === undefined ? hintOf(text) : "it is too long";
  throw new UsageError(`Cannot read the duration ${JSON.stringify(text)} of ${option}: ${reason}`);
}

function hintOf(text: string): string {
  const isBare = /^\d+(?:\.\d+)?$/.test(text.trim());
  const units = "s, m, h, d or w (seconds, minutes, hours, days, weeks)";
  return isBare ? `add a unit: ${units}` : `write a number and one of ${units}, for example 90s, 12h or 30d`;
}
