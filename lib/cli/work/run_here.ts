import { listenForStop } from "../../process/stop_signals.ts";
import { SYSTEM_CLOCK } from "../../run/session/clock.ts";
import type { OpenedPlace } from "../../storage/locator.ts";
import { openWork } from "../../storage/open_work.ts";
import { folderTools } from "../../work/folder/summarize_due.ts";
import { LoadedModules } from "../../work/guarded_host.ts";
import { wakeFailed } from "../../work/retry_failed.ts";
import { type Ends, runDue } from "../../work/run_due.ts";
import type { Report } from "../../work/work_report.ts";
import { attempt } from "../../values/shape.ts";
import { DRAINED } from "../../work/supervisor.ts";
import type { CommandIo } from "../frame/command.ts";
import { EXIT } from "../frame/exit_code.ts";
import type { WorkSettings } from "./read_settings.ts";
import { fireBeside } from "./fire_here.ts";
import { createMetrics } from "../../work/metrics/work_metrics.ts";
import { runServices } from "./run_services.ts";
import { watchParent } from "./watch_parent.ts";
import { logTo } from "./write_log.ts";

/** The last run raises the signal again that has stopped it, and ends within this time. */
const RAISED_MS = 500;

/** Runs what is due in this process, until a signal stops it. A second signal ends it at once. */
export async function runHere(place: OpenedPlace, settings: WorkSettings, io: CommandIo): Promise<number> {
  const metrics = await createMetrics();
  const report = logTo(io, { ...settings, metrics });
  const store = openWork(place, folderTools(place.store, report));
  const stop = new AbortController();
  const insisted = Promise.withResolvers<Ends>();
  const ignore = listenForStop(() => {
    if (stop.signal.aborted) setTimeout(() => insisted.resolve(new Set()), RAISED_MS);
    stop.abort();
  });
  const isAlone = settings.supervisor === undefined;
  const unwatch = watchParent(settings.supervisor, report);
  let endFiring: (() => Promise<void>) | undefined;
  let endServices: (() => Promise<void>) | undefined;
  try {
    const { drains, retryFailed } = settings;
    if (isAlone) await store.due.endDead();
    if (isAlone) endServices = runServices({ store, scope: place.name, settings, report, metrics, children: () => [] });
    if (isAlone) endFiring = await fireBeside(store, settings, report);
    if (isAlone && drains) await wakeFailed(store, { scope: place.name, retryFailed, clock: SYSTEM_CLOCK });
    if (isAlone && !drains) report({ kind: "working", on: place.shown, processes: 0 });
    const ends = runDue(store, {
      ...settings,
      scope: place.name,
      loaded: new LoadedModules(),
      clock: SYSTEM_CLOCK,
      report,
      stop: stop.signal,
      onStale: askForAnother(settings.supervisor, report),
    });
    const left = await Promise.race([ends, insisted.promise]);
    if (!settings.drains || stop.signal.aborted) return EXIT.finished;
    return codeOf(left) + (settings.supervisor === undefined ? 0 : DRAINED);
  } finally {
    ignore();
    unwatch();
    await endFiring?.();
    await endServices?.();
  }
}

/** The same as an administrator would ask for: the supervisor replaces its children. */
function askForAnother(supervisor: number | undefined, report: Report): (reason: string) => void {
  let hasAsked = false;
  return (reason) => {
    if (hasAsked) return;
    hasAsked = true;
    const what = supervisor === undefined ? "Start work again" : "Another process takes over";
    report({ kind: "notice", reason: `${reason}. ${what}` });
    if (supervisor !== undefined) attempt(() => Deno.kill(supervisor, "SIGHUP"));
  };
}

/** After a stop, nothing went wrong. Who drains wants to know what is left for a person. */
function codeOf(ends: Ends): number {
  if (ends.has("aborted") || ends.has("undone")) return EXIT.failed;
  return ends.has("waiting") || ends.has("interrupted") ? EXIT.paused : EXIT.finished;
}
