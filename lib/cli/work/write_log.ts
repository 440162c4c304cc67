import { isDetail, type Report, reportJson, reportLine } from "../../work/work_report.ts";
import type { WorkMetrics } from "../../work/metrics/work_metrics.ts";
import { escapeJsonText } from "../../text/escape.ts";
import type { CommandIo } from "../frame/command.ts";
import type { WorkSettings } from "./read_settings.ts";

interface LogOptions extends Pick<WorkSettings, "isJson" | "isVerbose"> {
  readonly metrics: Pick<WorkMetrics, "count">;
}

/** Writes what a worker reports to standard error, and counts it. Standard output belongs to the steps. */
export function logTo(io: CommandIo, { isJson, isVerbose, metrics }: LogOptions): Report {
  return (report) => {
    metrics.count(report);
    if (isDetail(report) && !isVerbose) return;
    const line = isJson ? escapeJsonText(reportJson(report, io.now())) : reportLine(report, io.now());
    io.writeError(`${line}\n`);
  };
}
