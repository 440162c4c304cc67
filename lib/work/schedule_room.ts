import { JournalRefused } from "../errors/opening_errors.ts";
import { adviseFlags, findMissingPermission } from "../process/permissions.ts";
import { safeText } from "../text/escape.ts";
import type * as Listing from "./schedules/list_schedules.ts";
import type * as Running from "./schedules/run_schedules.ts";

/** Not literal where it is imported: who has no schedules loads nothing of that room, and does not download what computes times. */
const [RUNNING, LISTING] = ["./schedules/run_schedules.ts", "./schedules/list_schedules.ts"];

/** Loads what fires schedules. */
export async function loadRunning(): Promise<typeof Running> {
  return await load(RUNNING, () => import(RUNNING));
}

/** Loads what shows them. */
export async function loadListing(): Promise<typeof Listing> {
  return await load(LISTING, () => import(LISTING));
}

async function load<T>(specifier: string, work: () => Promise<T>): Promise<T> {
  const url = import.meta.resolve(specifier);
  try {
    return await work();
  } catch (cause) {
    const missing = await findMissingPermission(url);
    if (missing !== undefined) {
      throw new JournalRefused(url, `Deno has no permission to load what schedules need. ${adviseFlags([missing])}`);
    }
    throw new TypeError(`Cannot load what schedules need: ${safeText(cause)}`, { cause });
  }
}
