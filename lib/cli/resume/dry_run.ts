import { type Forecast, forecastResume } from "../../inspect/dry_run/forecast_resume.ts";
import { FileStore } from "../../storage/file/file_store.ts";
import { lookAtFile } from "../../storage/file/look_at_file.ts";
import { escapeJsonText } from "../../text/escape.ts";
import type { CommandIo } from "../frame/command.ts";
import { EXIT } from "../frame/exit_code.ts";
import { forecastStyle, renderForecast } from "./render_dry_run.ts";
import { MAX_IDLE_MS, type ResumeCall } from "./resume_one.ts";

/**
 * Says what `resume` would do with a journal.
 *
 * @throws {JournalError} {@linkcode ModuleUnavailable} What it would refuse.
 */
export function forecastOne(journal: string, call: ResumeCall): Promise<Forecast> {
  const { decisions, scope, home, keep, now, trust, acceptChanges, conceal } = call;
  return forecastResume(new FileStore(), journal, {
    decisions,
    now,
    trust,
    acceptChanges,
    conceal,
    maxIdleMs: MAX_IDLE_MS,
    ...(scope === undefined ? {} : { scope }),
    ...(home === undefined ? {} : { home }),
    ...(keep ? { keep } : {}),
    load: call.load,
    file: lookAtFile(journal),
  });
}

/** The exit code of a dry run: what the run would end with. */
export function forecastCode(
  { refusal, blocking, finishes }: Pick<Forecast, "refusal" | "blocking" | "finishes">,
): number {
  if (refusal !== undefined || blocking.length > 0) return EXIT.refused;
  return finishes ? EXIT.finished : EXIT.paused;
}

/**
 * Shows what resuming a journal would do.
 *
 * @returns The exit code that it would end with.
 */
export async function showForecast(journal: string, call: ResumeCall, io: CommandIo): Promise<number> {
  const found = await forecastOne(journal, call);
  if (call.json) io.writeOut(`${escapeJsonText(JSON.stringify(found, null, 2))}\n`);
  else io.writeOut(renderForecast(found, forecastStyle(io)));
  return forecastCode(found);
}
