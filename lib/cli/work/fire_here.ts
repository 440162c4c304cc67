import { listenForStop } from "../../process/stop_signals.ts";
import { SYSTEM_CLOCK } from "../../run/session/clock.ts";
import type { OpenedPlace } from "../../storage/locator.ts";
import { openWork } from "../../storage/open_work.ts";
import type { WorkStore } from "../../storage/work_store.ts";
import { folderTools } from "../../work/folder/summarize_due.ts";
import { LoadedModules } from "../../work/guarded_host.ts";
import { DRAINED } from "../../work/supervisor.ts";
import { safeText } from "../../text/escape.ts";
import { loadRunning } from "../../work/schedule_room.ts";
import type { Report } from "../../work/work_report.ts";
import { type CommandIo, UsageError } from "../frame/command.ts";
import { EXIT } from "../frame/exit_code.ts";
import type { WorkSettings } from "./read_settings.ts";
import { watchParent } from "./watch_parent.ts";
import { createMetrics } from "../../work/metrics/work_metrics.ts";
import { logTo } from "./write_log.ts";

/** After this time, another process tries a module again that could not be used. */
const FAILED_MS = 60_000;
/** How often a process looks whether such a module has changed. */
const CHANGED_MS = 1000;

/**
 * Fires schedules in this process, which runs nothing else: their module is user code, and Deno loads it once. If it changes,
 * or cannot be used, this process ends, and another one takes its place.
 */
export async function fireHere(place: OpenedPlace, settings: WorkSettings, io: CommandIo): Promise<number> {
  const { schedules: module, drains, supervisor } = settings;
  if (module === undefined) return EXIT.usage;
  const report = logTo(io, { ...settings, metrics: await createMetrics() });
  const store = openWork(place, folderTools(place.store, report));
  const stop = new AbortController();
  const ignore = listenForStop(() => stop.abort());
  const unwatch = watchParent(supervisor, report);
  const loaded = new LoadedModules();
  try {
    const { runSchedules } = await loadRunning();
    const end = await runSchedules({ store, module, loaded, clock: SYSTEM_CLOCK, report, stop: stop.signal, drains })
      .catch((error) => {
        if (supervisor === undefined) return refuseModule(error);
        report({ kind: "schedules failed", reason: safeText(error) });
        return undefined;
      });
    // What has drained is not started again.
    if (drains && supervisor !== undefined) return DRAINED + (end === undefined ? EXIT.usage : EXIT.finished);
    for (let waitedMs = 0; end === "failed" && waitedMs < FAILED_MS; waitedMs += CHANGED_MS) {
      if (stop.signal.aborted || loaded.haveChanged()) break;
      await SYSTEM_CLOCK.delay(CHANGED_MS, stop.signal);
    }
    return EXIT.finished;
  } finally {
    ignore();
    unwatch();
  }
}

/**
 * Fires schedules beside what this process runs. The function that is returned ends that. To drain, it fires what is due
 * before it resolves.
 */
export async function fireBeside(
  store: WorkStore,
  { schedules: module, drains }: WorkSettings,
  report: Report,
): Promise<() => Promise<void>> {
  if (module === undefined) return async () => {};
  const stop = new AbortController();
  const { runSchedules } = await loadRunning();
  const loaded = new LoadedModules();
  const firing = runSchedules({ store, module, loaded, clock: SYSTEM_CLOCK, report, stop: stop.signal, drains })
    .then((end) => {
      if (end !== "stale") return;
      report({ kind: "notice", reason: `the module of the schedules has changed. Start work again to fire them` });
    });
  if (drains) await firing.catch(refuseModule);
  return async () => {
    stop.abort();
    await firing;
  };
}

/** A module that cannot be used is a word of the command line that was wrong. */
function refuseModule(error: unknown): never {
  throw error instanceof TypeError || error instanceof RangeError ? new UsageError(error.message) : error;
}
