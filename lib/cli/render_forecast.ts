import type { Forecast } from "../inspect/forecast_resume.ts";
import { type Paint, paintNothing } from "../inspect/paint.ts";
import { renderSteps } from "../inspect/render_steps.ts";
import { escapeForTerminal } from "../values/escape_for_terminal.ts";

/** Shows what a resume would do. */
export function renderForecast(forecast: Forecast, paint: Paint = paintNothing): string {
  const { steps, moved, finishes } = forecast;
  const describe = { text: ({ what }: Forecast["steps"][number]) => what, notes: () => [] };
  const isDone = steps.every(({ status }) => status === "finished" || status === "skipped");
  return [
    ...(moved.length === 0 ? [] : [paint("Modules", "title")]),
    ...moved.map(({ from, to }) => escapeForTerminal(`  ${from} is looked for at ${to}`)),
    ...(moved.length === 0 ? [] : [""]),
    paint("Steps", "title"),
    ...renderSteps(steps, describe, { all: false, paint }),
    "",
    isDone && finishes
      ? "No step would run"
      : finishes
      ? "All steps would run, unless one fails; no module was loaded and no variable read to find that out"
      : "Would pause for a decision",
    "Nothing was changed",
    "",
  ].join("\n");
}
