import { SYSTEM_CLOCK } from "../../run/session/clock.ts";
import type { Outlook, WorkStore } from "../../storage/work_store.ts";
import { HealthFile } from "../../work/metrics/health_file.ts";
import type { WorkMetrics } from "../../work/metrics/work_metrics.ts";
import { isOfDatabase } from "../../storage/locator_scheme.ts";
import { redactSecrets } from "../../inspect/redact/redact_secrets.ts";
import { NOTICED } from "../../storage/notices.ts";
import type { NoticeSource } from "../../work/notify/notice_message.ts";
import type { NoticeWord } from "../../work/notify/notify_options.ts";
import { SkipNotices } from "../../work/notify/skip_notices.ts";
import { TransactionNotices } from "../../work/notify/transaction_notices.ts";
import { tellNotices } from "../../work/notify/tell_notices.ts";
import { watchFailed } from "../../work/retry_failed.ts";
import { watchStore } from "../../work/watch_store.ts";
import type { Report } from "../../work/work_report.ts";
import type { WorkSettings } from "./read_settings.ts";

interface Services {
  readonly store: WorkStore;
  /** The locator of the database, or the path of the folder. */
  readonly scope: string;
  readonly settings: WorkSettings;
  readonly report: Report;
  readonly metrics: WorkMetrics;
  /** The processes that run transactions. */
  readonly children: () => readonly number[];
}

/**
 * Starts what a worker does once, however many processes it has. The function that is returned ends it: one that drains has
 * told then of what there is to tell.
 */
export function runServices(services: Services): () => Promise<void> {
  const { store, scope, settings, report, metrics, children } = services;
  const { drains, notifier, queues, trusted, retryFailed } = settings;
  const [stop, drain] = [new AbortController(), new AbortController()];
  const shared = { clock: SYSTEM_CLOCK, report, stop: stop.signal };
  const selection = { scope, queues, homes: trusted?.prefixes, retryFailed };
  const health = settings.health === undefined
    ? undefined
    : new HealthFile({ ...shared, path: settings.health, scope, children });
  const living = health?.run();
  const onOutlook = (outlook: Outlook | undefined) => {
    metrics.measure(outlook, SYSTEM_CLOCK.now());
    health?.note(outlook);
  };
  const watching = drains ? undefined : watchStore({ ...shared, store, selection, onOutlook });
  const retrying = drains || retryFailed === 0 ? undefined : watchFailed(store, { ...shared, scope, retryFailed });
  const telling = notifier && tellNotices({
    ...shared,
    drain: drain.signal,
    command: notifier.command,
    sources: sourcesOf(services, notifier.on),
    // The watcher of a folder knows what has changed in it.
    listen: isOfDatabase(scope) ? undefined : (arrived) => store.due.listen(arrived),
  });
  return async () => {
    drain.abort();
    if (!drains) stop.abort();
    await telling;
    stop.abort();
    await Promise.all([watching, retrying, living]);
  };
}

/** Of what a person wants to be told. A store without a place for notices has none. */
function sourcesOf({ store, scope, settings }: Services, on: ReadonlySet<NoticeWord>): readonly NoticeSource[] {
  const { notices } = store;
  if (notices === undefined) return [];
  const shared = { store, notices, scope, now: SYSTEM_CLOCK.now };
  const statuses = new Set(NOTICED.filter((status) => on.has(status)));
  const { retryFailed } = settings;
  const { schedules } = store;
  return [
    new TransactionNotices({ ...shared, statuses, retryFailed, redact: redactSecrets }),
    ...(on.has("skipped") && schedules !== undefined ? [new SkipNotices({ ...shared, schedules })] : []),
  ];
}
