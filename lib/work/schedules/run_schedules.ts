import { JournalError } from "../../errors/journal_error.ts";
import { JournalRefused } from "../../errors/opening_errors.ts";
import { ModuleChanged } from "../guarded_host.ts";
import { ScheduleFirer } from "./fire_schedules.ts";
import { loadSchedules } from "./load_schedules.ts";
import type { RunSchedulesOptions, SchedulesEnd } from "./schedule_report.ts";

/** The pauses between tries while the store cannot be used: the first, and the longest. */
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [1000, 30_000];

/** Fires the schedules of a module when they are due, until it is stopped. */
export async function runSchedules(options: RunSchedulesOptions): Promise<SchedulesEnd> {
  const { store, module, loaded, clock, report, stop, drains } = options;
  const { schedules } = store;
  if (schedules === undefined) throw new JournalRefused(module, "there is no place where schedules are kept");
  let list: Awaited<ReturnType<typeof loadSchedules>>;
  try {
    loaded.check([module]);
    list = await loadSchedules(module);
  } catch (error) {
    if (error instanceof ModuleChanged) return "stale";
    if (drains) throw error;
    report({ kind: "schedules failed", reason: error instanceof Error ? error.message : String(error) });
    return "failed";
  }
  const firer = new ScheduleFirer({ store, schedules, module, clock, report });
  let failures = 0;
  while (!stop.aborted) {
    if (loaded.haveChanged()) return "stale";
    let pauseMs: number;
    try {
      pauseMs = await firer.fireDue(list, stop);
      failures = 0;
    } catch (error) {
      if (drains || !(error instanceof JournalError)) throw error;
      failures += 1;
      if (failures === 1) report({ kind: "schedules failed", reason: error.message });
      pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1));
    }
    if (drains && pauseMs > 0) return "drained";
    await clock.delay(pauseMs, stop);
  }
  return "stopped";
}
