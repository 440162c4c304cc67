import { SYSTEM_CLOCK } from "../../run/session/clock.ts";
import type { WorkStore } from "../../storage/work_store.ts";
import { watchStore } from "../../work/watch_store.ts";
import type { Report } from "../../work/work_report.ts";
import type { WorkSettings } from "./read_settings.ts";

interface Services {
  readonly store: WorkStore;
  /** The locator of the database, or the path of the folder. */
  readonly scope: string;
  readonly settings: WorkSettings;
  readonly report: Report;
}

/** Starts what a worker does once, however many processes it has. The function that is returned ends it. */
export function runServices({ store, scope, settings, report }: Services): () => Promise<void> {
  const stop = new AbortController();
  const shared = { store, clock: SYSTEM_CLOCK, report, stop: stop.signal };
  const services = [
    watchStore({ ...shared, selection: { scope, queues: settings.queues, homes: settings.trusted?.prefixes } }),
  ];
  return async () => {
    stop.abort();
    await Promise.all(services);
  };
}
