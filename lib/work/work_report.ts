import type { SummarizedState } from "../messages/summarize_state.ts";
import { escapeForTerminal, formatError } from "../text/escape.ts";
import type { StoredError } from "../journal/stored.ts";
import { formatDuration, formatTime } from "../text/format_time.ts";
import { withoutUndefined } from "../values/json.ts";
import { describeSchedule, type ScheduleReport } from "./schedules/schedule_report.ts";

/** What a worker tells its log, one line each. */
export type WorkReport =
  /** It looks for what is due from now on. */
  | { readonly kind: "working"; readonly on: string; readonly processes: number }
  /** A run begins. `isTakeOver`: a step was running when the process of the run before died. */
  | { readonly kind: "started"; readonly journal: string; readonly isTakeOver?: true | undefined }
  /** A run has ended, and the worker has given the transaction up. `status` is that of a list. */
  | ({ readonly kind: "ended"; readonly journal: string; readonly ms: number } & EndedState)
  /** An attempt failed, and another one follows. */
  | {
    readonly kind: "attempt failed";
    readonly journal: string;
    readonly step: string;
    readonly attempt: number;
    readonly error: StoredError | undefined;
    readonly until: string;
  }
  | { readonly kind: "step finished"; readonly journal: string; readonly step: string; readonly ms: number }
  /** Nothing of it was run, and this process leaves it alone for a while. */
  | { readonly kind: "blocked"; readonly journal: string; readonly reason: string }
  /** Another process has it, or it is gone. */
  | { readonly kind: "lost"; readonly journal: string; readonly reason: string }
  /** Something that a person should know; perhaps about one transaction. */
  | { readonly kind: "notice"; readonly journal?: string | undefined; readonly reason: string }
  /** The number of those that are due, of modules that this worker may not run. */
  | { readonly kind: "untrusted"; readonly count: number }
  /** A person was told, by the notifier, that it is at rest. `status` is that of a list, or `skipped`. */
  | { readonly kind: "notified"; readonly journal: string; readonly status: string }
  /** The notifier failed, and is tried again after `ms`. */
  | { readonly kind: "notify failed"; readonly journal: string; readonly reason: string; readonly ms: number }
  /** The store cannot be used, and is tried again after `ms`; or it can be used again. */
  | { readonly kind: "store failed"; readonly reason: string; readonly ms: number }
  | { readonly kind: "store back" }
  | ScheduleReport;

interface EndedState extends Pick<SummarizedState, "status" | "reason"> {
  readonly step?: string | undefined;
  readonly done: number | undefined;
  readonly all: number | undefined;
}

export type Report = (report: WorkReport) => void;

/** What is only told on request. */
export function isDetail({ kind }: WorkReport): boolean {
  return kind === "step finished";
}

export function endedState({ status, reason, step, progress }: SummarizedState): EndedState {
  return { status, reason, step: step && `${step.id} ${step.name}`, done: progress?.done, all: progress?.all };
}

/** One line of a log, escaped. */
export function reportLine(report: WorkReport, now: Date): string {
  const journal = "journal" in report && report.journal !== undefined ? `${report.journal}: ` : "";
  return escapeForTerminal(`${formatTime(now.toISOString())}  ${journal}${describe(report)}`);
}

/** The same for programs. */
export function reportJson(report: WorkReport, now: Date): string {
  return JSON.stringify(withoutUndefined({ at: now.toISOString(), ...report }));
}

function describe(report: WorkReport): string {
  switch (report.kind) {
    case "working":
      return `working on ${report.on}${report.processes === 0 ? "" : `, child processes: ${report.processes}`}`;
    case "started":
      return report.isTakeOver === true ? "started, after its process died" : "started";
    case "ended":
      return describeEnd(report);
    case "attempt failed": {
      const why = report.error === undefined ? "" : `: ${formatError(report.error)}`;
      return `step ${report.step}, attempt ${report.attempt} failed${why}. Next attempt ${formatTime(report.until)}`;
    }
    case "step finished":
      return `step ${report.step} finished in ${formatDuration(report.ms)}`;
    case "blocked":
      return `cannot run here: ${report.reason}`;
    case "lost":
    case "notice":
      return report.reason;
    case "untrusted": {
      const which = report.count === 1
        ? "1 transaction is due whose home is"
        : `${report.count} transactions are due whose homes are`;
      return `${which} none of --modules`;
    }
    case "notified":
      return `notified: ${report.status}`;
    case "notify failed":
      return `the notifier failed: ${report.reason}. Trying again in ${formatDuration(report.ms)}`;
    case "store failed":
      return `${report.reason}. Trying again in ${formatDuration(report.ms)}`;
    case "store back":
      return "the store can be used again";
    default:
      return describeSchedule(report);
  }
}

function describeEnd({ status, reason, step, done, all, ms }: WorkReport & { readonly kind: "ended" }): string {
  const where = step === undefined || status === "finished" ? "" : `, step ${step}`;
  const why = reason === undefined ? "" : `: ${reason}`;
  const count = all === undefined ? "" : ` (${done} of ${all} steps, ${formatDuration(ms)})`;
  return `${status}${where}${why}${count}`;
}
