import { selectSteps } from "../../inspect/data/select_steps.ts";
import type { ForecastModule } from "../../inspect/dry_run/forecast_modules.ts";
import type { Forecast } from "../../inspect/dry_run/forecast_resume.ts";
import type { RollbackForecast } from "../../inspect/dry_run/forecast_rollback.ts";
import type { ForecastStep } from "../../inspect/dry_run/forecast_run.ts";
import { formatTime } from "../../inspect/format/format_time.ts";
import { type Paint, paintFor } from "../../inspect/text/paint.ts";
import { renderSteps, type RenderStepsOptions } from "../../inspect/text/render_steps.ts";
import { describeRewound } from "../../messages/describe_step.ts";
import { escapeForTerminal } from "../../text/escape.ts";
import type { CommandIo } from "../frame/command.ts";

/** How a forecast is shown. */
type RenderForecastOptions = Pick<RenderStepsOptions, "paint" | "width">;

/** Shows what a resume would do. */
export function renderForecast(forecast: Forecast, { paint, width }: RenderForecastOptions): string {
  const { steps, moved, modules } = forecast;
  const describe = { text: ({ what }: ForecastStep) => what, notes: describeModule(modules) };
  const selected = selectSteps(steps, {
    all: false,
    look: ({ status, depth, kind }) => ({
      status,
      depth,
      isGroup: kind === "parallel" || kind === "sequence",
      isDecided: false,
    }),
  });
  return [
    ...renderMoved(moved, paint),
    ...renderModules(modules, paint),
    paint("Steps", "title"),
    ...renderSteps(selected, describe, { paint, width, keepsText: true }),
    "",
    ...describeNeeds(forecast),
    describeEnd(forecast),
    "Nothing was changed",
    "",
  ].join("\n");
}

function describeEnd(forecast: Forecast): string {
  const { finishes, stopsBefore, pausesFor, sleeps, isRollback, steps, loaded } = forecast;
  const refusal = describeRefusal(forecast);
  if (refusal !== undefined) return refusal;
  if (pausesFor.length > 0) return `Would pause for ${pausesFor.map((what) => `a ${what}`).join(" and ")}`;
  if (sleeps !== undefined) {
    const until = sleeps.until === undefined
      ? "is too long to wait for"
      : `lasts until ${formatTime(sleeps.until)} UTC`;
    return `Would stop at step ${sleeps.step}: its sleep ${until}`;
  }
  if (stopsBefore !== undefined) return `Would stop before step ${stopsBefore}, as told`;
  if (!finishes) return "Would pause";
  if (steps.every(({ status }) => status === "finished" || status === "skipped")) return "No step would run";
  const looked = loaded === undefined
    ? "no module was loaded to find that out"
    : `${loaded} ${loaded === 1 ? "function is" : "functions are"} there, and all modules could be loaded`;
  return `${
    isRollback ? "All these would be undone, unless that fails" : "All steps would run, unless one fails"
  }; ${looked}`;
}

/** Says why nothing would run at all, if so. */
function describeRefusal({ refusal, blocking }: Pick<Forecast, "refusal" | "blocking">): string | undefined {
  if (refusal !== undefined) return escapeForTerminal(`Would be refused before any step: ${refusal}`);
  const [first, ...others] = blocking;
  if (first === undefined) return undefined;
  const why = first.source === "missing" ? "cannot be read" : "has changed, which takes --accept-changes";
  const more = others.length === 0 ? "" : `, and ${others.length} more stand in the way`;
  return escapeForTerminal(`Would be refused before any step: ${JSON.stringify(first.url)} ${why}${more}`);
}

/** What has to be permitted or set before all that can run. */
function describeNeeds({ needs: { flags, unset } }: Forecast): readonly string[] {
  return [
    ...(flags.length === 0 ? [] : [`Needs ${flags.join(" ")}, and what the steps themselves do`]),
    ...(unset.length === 0
      ? []
      : [`Not set: the environment ${unset.length === 1 ? "variable" : "variables"} ${unset.join(", ")}`]),
  ].map(escapeForTerminal);
}

const SOURCES: Readonly<Record<ForecastModule["source"], string>> = {
  unchanged: "as it was when the plan was made",
  changed: "changed since the plan was made",
  versioned: "goes by its version",
  unpinned: "there, with nothing to compare it with",
  unread: "not looked at",
  missing: "cannot be read",
};

function renderModules(modules: readonly ForecastModule[], paint: Paint): readonly string[] {
  if (modules.length === 0) return [];
  const lines = modules.map(({ url, source, reason }) => {
    const remote = source === "changed" && !url.startsWith("file:") ? ": refused without --accept-changes" : "";
    return escapeForTerminal(`  ${url}   ${SOURCES[source]}${reason === undefined ? remote : `: ${reason}`}`);
  });
  return [paint("Modules", "title"), ...lines, ""];
}

/** Of several modules it is said with each step that is left which one it is of. */
function describeModule(modules: readonly ForecastModule[]): (step: ForecastStep) => readonly string[] {
  const used = new Map(modules.map((module) => [module.url, module]));
  return ({ module, status }) => {
    const found = module === undefined ? undefined : used.get(module);
    if (found === undefined || used.size < 2 || status === "finished" || status === "skipped") return [];
    return [escapeForTerminal(`of ${found.url}${found.source === "changed" ? `, ${SOURCES.changed}` : ""}`)];
  };
}

/** Shows which modules would be looked for elsewhere. */
function renderMoved(moved: Forecast["moved"], paint: Paint): readonly string[] {
  if (moved.length === 0) return [];
  return [
    paint("Moved", "title"),
    ...moved.map(({ from, to }) => escapeForTerminal(`  ${from} is looked for at ${to}`)),
    "",
  ];
}

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

/** How a forecast is shown where the output goes to. */
export function forecastStyle({ wantsColour, readColumns }: CommandIo): RenderForecastOptions {
  return { paint: paintFor(wantsColour), width: readColumns?.() };
}
