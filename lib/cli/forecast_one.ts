import { type Forecast, forecastResume } from "../inspect/forecast_resume.ts";
import { FileStore } from "../storage/file_store.ts";
import { lookAtFile } from "../storage/look_at_file.ts";
import { EXIT } from "./exit_code.ts";
import { MAX_IDLE_MS } from "./max_idle_ms.ts";
import type { ResumeCall } from "./resume_call.ts";

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
