import type { Clock } from "../../run/session/clock.ts";
import type { Skip, SkipReason } from "../../storage/schedules.ts";
import type { WorkStore } from "../../storage/work_store.ts";
import { formatTime } from "../../text/format_time.ts";
import type { LoadedModules } from "../guarded_host.ts";

/** What happens to schedules, as a worker tells it. `due` is the time that a schedule names. Dates are as ISO writes them. */
export type ScheduleReport =
  /** It has recorded a transaction. */
  | { readonly kind: "schedule fired"; readonly schedule: string; readonly due: string; readonly journal: string }
  /** It did not fire. That is recorded. */
  | ({ readonly kind: "schedule skipped"; readonly schedule: string } & Skip)
  /** It fires when the firing before is over. */
  | { readonly kind: "schedule waits"; readonly schedule: string; readonly due: string }
  /** The store has got a new definition. */
  | { readonly kind: "schedule defined"; readonly schedule: string; readonly next: string | undefined }
  /** Planning or recording has failed. It is tried again. */
  | {
    readonly kind: "schedule failed";
    readonly schedule: string;
    readonly due: string;
    readonly reason: string;
    readonly again: string;
  }
  /** Another process has given the store another definition. This one does not fire it. */
  | { readonly kind: "schedule differs"; readonly schedule: string }
  /** No schedule of the module fires. */
  | { readonly kind: "schedules failed"; readonly reason: string };

export interface RunSchedulesOptions {
  readonly store: WorkStore;
  /** URL of the module that exports the schedules. */
  readonly module: string;
  readonly loaded: LoadedModules;
  readonly clock: Clock;
  readonly report: (report: ScheduleReport) => void;
  readonly stop: AbortSignal;
  /** Fires what is due now, and returns. What prevents it, is thrown. */
  readonly drains: boolean;
}

/** `stale`: the source of the module has changed. `failed`: it cannot be used. For both, only another process can help. */
export type SchedulesEnd = "stopped" | "drained" | "stale" | "failed";

/** What a list shows of a schedule. Dates are as ISO writes them: of firings with the offset of their zone. */
export interface ScheduleLine {
  readonly name: string;
  /** `new`: a module defines it, and no worker has added it. `edited`: it does so in another way. */
  readonly state: "active" | "paused" | "ended" | "new" | "edited" | "unknown";
  readonly cron: string | undefined;
  readonly timezone: string | undefined;
  readonly next: readonly string[];
  /** How many firings wait for one that is not over. */
  readonly waiting: number;
  readonly last: string | undefined;
  readonly lastSkip: Skip | undefined;
  readonly skips: readonly Skip[];
}

/** Why a schedule did not fire, as the end of a sentence. */
export const SKIP_REASONS: Readonly<Record<SkipReason, string>> = {
  missed: "no worker was there",
  late: "no worker was there, and it was longer ago than `within` allows",
  open: "an earlier firing is not over",
  full: "too many wait for an earlier firing",
  paused: "it is paused",
  edited: "it was edited",
};

/** What happened, in words. */
export function describeSchedule(report: ScheduleReport): string {
  switch (report.kind) {
    case "schedule fired":
      return `recorded for ${formatTime(report.due)}`;
    case "schedule skipped":
      return `schedule ${report.schedule} skips ${describeSkip(report)}`;
    case "schedule waits":
      return `schedule ${report.schedule} fires for ${formatTime(report.due)} when the firing before is over`;
    case "schedule defined": {
      const next = report.next === undefined ? "never fires again" : `fires next at ${formatTime(report.next)}`;
      return `schedule ${report.schedule} is defined, and ${next}`;
    }
    case "schedule failed": {
      const again = formatTime(report.again);
      return `schedule ${report.schedule} cannot fire for ${
        formatTime(report.due)
      }: ${report.reason}. Next try ${again}`;
    }
    case "schedule differs":
      return `schedule ${report.schedule} does not fire here: another worker has defined it in another way since`;
    case "schedules failed":
      return `no schedule fires here: ${report.reason}`;
    default:
      return report satisfies never;
  }
}

/** Which times, and why. */
export function describeSkip({ from, to, count, reason }: Skip): string {
  const times = count === 1 ? formatTime(from) : `${count} times from ${formatTime(from)} to ${formatTime(to)}`;
  return `${times}: ${SKIP_REASONS[reason]}`;
}
