import { types } from "node:util";
import type { SleepNode } from "./node.ts";

/** About 31 years: what is meant to be longer is meant to be a date. */
const MAX_SLEEP_MS = 1e12;
/** Of a date whose year has four digits. */
const ISO_LENGTH = 24;

/**
 * Says how long a sleep is, as the journal holds it.
 *
 * @param time How long, in milliseconds, or until when.
 * @throws {TypeError} It is neither.
 * @throws {RangeError} It is negative, too long, or no valid date.
 */
export function sleepTime(time: number | Date): Pick<SleepNode, "ms" | "until"> {
  if (typeof time === "number") {
    // JSON has no minus zero, and a first run knows what a resumed one would.
    if (time >= 0 && time <= MAX_SLEEP_MS) return { ms: time === 0 ? 0 : time };
    throw new RangeError(`Cannot sleep ${time} ms: use 0 to ${MAX_SLEEP_MS}, or a Date`);
  }
  if (!types.isDate(time)) throw new TypeError("Cannot sleep: pass a number of milliseconds, or a Date");
  if (Number.isNaN(time.getTime())) throw new RangeError("Cannot sleep until an invalid Date");
  const until = time.toISOString();
  if (until.length === ISO_LENGTH) return { until };
  throw new RangeError(`Cannot sleep until ${until}: use a year from 0 to 9999`);
}
