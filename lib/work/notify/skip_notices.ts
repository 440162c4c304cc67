import type { Notices } from "../../storage/notices.ts";
import type { Schedules, Skip, StoredSchedule } from "../../storage/schedules.ts";
import { escapeForTerminal } from "../../text/escape.ts";
import { describeSkip } from "../schedules/schedule_report.ts";
import type { Notice, NoticeSource, SkipMessage } from "./notice_message.ts";

interface SkipNoticesOptions {
  readonly schedules: Schedules;
  readonly notices: Notices;
  /** The locator of the database, or the path of the folder. */
  readonly scope: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Schedules are looked at this often. */
const LOOK_MS = 10_000;
/** What was skipped longer ago than this, nobody is told any more: it is in the list of schedules. */
const OLD_MS = 24 * 60 * 60 * 1000;

/** What schedules have skipped, and nobody was told. */
export class SkipNotices implements NoticeSource {
  readonly #options: SkipNoticesOptions;
  #lookedAt = -Infinity;

  constructor(options: SkipNoticesOptions) {
    this.#options = options;
  }

  async claim(limit: number, forMs: number): Promise<readonly Notice[]> {
    const { schedules, notices, scope, now } = this.#options;
    // The clock may have been set back.
    if (Math.abs(now() - this.#lookedAt) < LOOK_MS) return [];
    const table = await schedules.list();
    const claimed: Notice[] = [];
    for (const schedule of table.schedules) {
      const recent = schedule.memory.skips.filter(({ notedAt }) => Date.parse(notedAt) > table.now - OLD_MS);
      const newest = recent.at(-1);
      if (newest === undefined || claimed.length >= limit) continue;
      const told = await notices.claimSkips({ scope, schedule: schedule.name, mark: markOf(newest) }, forMs);
      const skip = told === undefined ? undefined : recent.find((skip) => markOf(skip) > told);
      if (skip !== undefined) claimed.push(this.#toNotice(schedule, skip));
    }
    // Of each schedule, the oldest comes first, and the next one when that was told.
    if (claimed.length === 0) this.#lookedAt = now();
    return claimed;
  }

  #toNotice({ name }: StoredSchedule, skip: Skip): Notice {
    const { notices, scope, now } = this.#options;
    const skips = { scope, schedule: name, mark: markOf(skip) };
    const { from, to, count, reason } = skip;
    const about = `schedule ${name}`;
    const message: SkipMessage = {
      version: 1,
      key: `${about} ${skips.mark}`,
      text: escapeForTerminal(`${about}: did not fire: ${describeSkip(skip)}`),
      at: new Date(now()).toISOString(),
      status: "skipped",
      schedule: name,
      from,
      to,
      count,
      reason,
    };
    return {
      about,
      read: () => Promise.resolve(message),
      noteTold: () => notices.noteSkipsTold(skips),
      postpone: (ms) => notices.postponeSkips(skips, ms),
    };
  }
}

/** Sorts in the order in which they were decided. */
function markOf({ notedAt, to }: Skip): string {
  return `${notedAt} ${to}`;
}
