import type { RollbackForecast } from "../inspect/forecast_rollback.ts";
import type { ForecastStep } from "../inspect/forecast_run.ts";
import type { Paint } from "../inspect/paint.ts";
import { renderSteps } from "../inspect/render_steps.ts";
import { describeRewound } from "../run/describe_rewound.ts";
import { describeRefusal, renderMoved } from "./render_forecast.ts";

/** Shows what a rollback would do. */
export function renderRollback(forecast: RollbackForecast, paint: Paint): string {
  const { undo, left, rewound, moved, finishes } = forecast;
  const end = finishes ? "All of these would be undone, unless an undo fails" : "Would pause for a decision";
  return [
    ...renderMoved(moved, paint),
    ...renderList("Undo, in this order", undo, paint),
    ...renderList("Stay as they are", left, paint),
    ...(rewound.length === 0 ? [] : [`Besides, ${describeRewound(rewound)}`]),
    describeRefusal(forecast) ?? end,
    "Nothing was changed, and no module was loaded",
    "",
  ].join("\n");
}

function renderList(title: string, steps: readonly ForecastStep[], paint: Paint): readonly string[] {
  if (steps.length === 0) return [];
  const describe = { text: ({ what }: ForecastStep) => what, notes: () => [] };
  return [
    paint(title, "title"),
    ...renderSteps(steps.map((step) => ({ kind: "step", step })), describe, { paint }),
    "",
  ];
}
