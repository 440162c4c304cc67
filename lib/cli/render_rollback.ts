import type { RollbackForecast } from "../inspect/forecast_rollback.ts";
import type { ForecastStep } from "../inspect/forecast_run.ts";
import { renderSteps } from "../inspect/render_steps.ts";
import { describeRewound } from "../run/describe_rewound.ts";
import { describeRefusal, type RenderForecastOptions, renderMoved } from "./render_forecast.ts";

/** Shows what a rollback would do. */
export function renderRollback(forecast: RollbackForecast, options: RenderForecastOptions): string {
  const { undo, left, rewound, moved, finishes } = forecast;
  const end = finishes ? "All of these would be undone, unless an undo fails" : "Would pause for a decision";
  return [
    ...renderMoved(moved, options.paint),
    ...renderList("Undo, in this order", undo, options),
    ...renderList("Stay as they are", left, options),
    ...(rewound.length === 0 ? [] : [`Besides, ${describeRewound(rewound)}`]),
    describeRefusal(forecast) ?? end,
    "Nothing was changed, and no module was loaded",
    "",
  ].join("\n");
}

function renderList(title: string, steps: readonly ForecastStep[], options: RenderForecastOptions): readonly string[] {
  if (steps.length === 0) return [];
  const describe = { text: ({ what }: ForecastStep) => what, notes: () => [] };
  return [
    options.paint(title, "title"),
    ...renderSteps(steps.map((step) => ({ kind: "step", step })), describe, { ...options, keepsText: true }),
    "",
  ];
}
