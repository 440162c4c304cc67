import { type Forecast, forecastResume } from "../inspect/forecast_resume.ts";
import { describeDistrust } from "../storage/describe_distrust.ts";
import { FileStore } from "../storage/file_store.ts";
import { EXIT } from "./exit_code.ts";
import type { ResumeCall } from "./resume_call.ts";

/**
 * Says what `resume` would do with a journal.
 *
 * @throws {JournalError} {@linkcode ModuleUnavailable} What it would refuse.
 */
export function forecastOne(journal: string, call: ResumeCall): Promise<Forecast> {
  const { decisions, scope, home, now, trust, acceptChanges, conceal } = call;
  return forecastResume(new FileStore(), journal, {
    decisions,
    now,
    trust,
    acceptChanges,
    conceal,
    ...(scope === undefined ? {} : { scope }),
    ...(home === undefined ? {} : { home }),
    ...(call.load ? { load: { distrust: distrustOf(journal) } } : {}),
  });
}

/** The exit code of a dry run: what the run would end with. */
export function forecastCode({ blocking, finishes }: Forecast): number {
  if (blocking.length > 0) return EXIT.refused;
  return finishes ? EXIT.finished : EXIT.paused;
}

function distrustOf(journal: string): ReturnType<typeof describeDistrust> {
  try {
    return describeDistrust(journal, Deno.lstatSync(journal));
  } catch (error) {
    // That it is not there is told by whoever reads it.
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
