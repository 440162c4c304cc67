import { isDetail, type Report, reportJson, reportLine } from "../../work/work_report.ts";
import { escapeJsonText } from "../../text/escape.ts";
import type { CommandIo } from "../frame/command.ts";
import type { WorkSettings } from "./read_settings.ts";

/** Writes what a worker reports to standard error. Standard output belongs to the steps. */
export function logTo(io: CommandIo, { isJson, isVerbose }: Pick<WorkSettings, "isJson" | "isVerbose">): Report {
  return (report) => {
    if (isDetail(report) && !isVerbose) return;
    const line = isJson ? escapeJsonText(reportJson(report, io.now())) : reportLine(report, io.now());
    io.writeError(`${line}\n`);
  };
}
