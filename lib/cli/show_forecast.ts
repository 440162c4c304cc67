import { escapeJsonText } from "../values/escape_text.ts";
import type { CommandIo } from "./command_io.ts";
import { forecastCode, forecastOne } from "./forecast_one.ts";
import { forecastStyle } from "./forecast_style.ts";
import { renderForecast } from "./render_forecast.ts";
import type { ResumeCall } from "./resume_call.ts";

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
