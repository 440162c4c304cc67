import type { Listing } from "../storage/open_journal.ts";
import { escapeForTerminal } from "../text/escape.ts";
import { formatTime } from "../text/format_time.ts";
import type { Skip } from "../storage/schedules.ts";

/** A transaction that has come to rest, as a list shows it. */
interface Resting extends Pick<Listing, "status" | "step" | "reason"> {
  readonly journal: string;
}

/** Says on one line that a transaction is at rest, and why. Escaped. */
export function describeRest({ journal, status, step, reason }: Resting): string {
  const where = step === undefined ? "" : `, step ${step.id} ${step.name}`;
  const why = reason === undefined ? "" : `: ${reason}`;
  return escapeForTerminal(`${journal}: ${status}${where}${why}`);
}

const SKIPPED: Readonly<Record<Skip["reason"], string>> = {
  missed: "no worker was running",
  late: "no worker was running in time",
  open: "an earlier firing is not over",
  full: "too many firings wait for an earlier one",
  paused: "it was paused",
  edited: "it was changed",
};

/** Says on one line that a schedule did not fire, and why. Escaped. */
export function describeSkip(schedule: string, { from, to, count, reason }: Skip): string {
  const when = count === 1 ? `at ${formatTime(from)}` : `${count} times, from ${formatTime(from)} to ${formatTime(to)}`;
  return escapeForTerminal(`${schedule}: did not fire ${when}: ${SKIPPED[reason]}`);
}
