import { JournalRefused } from "../errors/opening_errors.ts";
import { adviseFlags, findMissingPermission } from "../process/permissions.ts";
import type { Schedules } from "../storage/schedules.ts";
import { safeText } from "../text/escape.ts";
import type { RunSchedulesOptions, ScheduleLine, SchedulesEnd } from "./schedules/schedule_report.ts";

/** What fires schedules. */
interface Running {
  readonly runSchedules: (options: RunSchedulesOptions) => Promise<SchedulesEnd>;
}

/** What shows them. */
interface Listing {
  readonly listSchedules: (schedules: Schedules, module?: string) => Promise<readonly ScheduleLine[]>;
}

export async function loadRunning(): Promise<Running> {
  return await load<Running>(import.meta.resolve("./schedules/run_schedules.ts"));
}

export async function loadListing(): Promise<Listing> {
  return await load<Listing>(import.meta.resolve("./schedules/list_schedules.ts"));
}

/** Not a text in the source: who has no schedules loads nothing of that room, and does not download what computes times. */
async function load<T>(url: string): Promise<T> {
  try {
    return await import(url);
  } catch (cause) {
    const missing = await findMissingPermission(url);
    if (missing !== undefined) {
      throw new JournalRefused(url, `Deno has no permission to load what schedules need. ${adviseFlags([missing])}`);
    }
    throw new TypeError(`Cannot load what schedules need: ${safeText(cause)}`, { cause });
  }
}
