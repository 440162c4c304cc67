import { selectSteps } from "../../inspect/data/select_steps.ts";
import { type DryRun, dryRunJournal, type DryRunModule } from "../../inspect/dry_run/dry_run.ts";
import type { DryRunStep } from "../../inspect/dry_run/dry_run_steps.ts";
import { formatTime } from "../../text/format_time.ts";
import { type Paint, paintFor } from "../../inspect/text/paint.ts";
import { renderSteps, type RenderStepsOptions } from "../../inspect/text/render_steps.ts";
import { describeRewound } from "../../messages/describe_step.ts";
import type { Located } from "../../storage/locator.ts";
import { escapeForTerminal } from "../../text/escape.ts";
import { type CommandIo, writeJson } from "../frame/command.ts";
import { EXIT } from "../frame/exit_code.ts";

type RenderDryRunOptions = Pick<RenderStepsOptions, "paint" | "width">;

const NOTHING_RUNS = "No step would run without that";
const ALL_UNDONE = "All these steps would be undone, unless an undo fails";

export function renderDryRun(dryRun: DryRun, { paint, width }: RenderDryRunOptions): string {
  const { steps, moved, modules } = dryRun;
  const describe = { text: ({ what }: DryRunStep) => what, notes: describeModule(modules) };
  const selected = selectSteps(steps, { all: false, look: (step) => step });
  return [
    ...renderMoved(moved, paint),
    ...renderModules(modules, paint),
    paint("Steps", "title"),
    ...renderSteps(selected, describe, { paint, width, keepsText: true }),
    "",
    ...describeNeeds(dryRun),
    describeEnd(dryRun),
    "Nothing was changed",
    "",
  ].join("\n");
}

function describeEnd(dryRun: DryRun): string {
  const { finishes, stopsBefore, pausesFor, sleeps, isRollback, steps, loaded, needs, dueAt } = dryRun;
  const refusal = describeRefusal(dryRun);
  if (refusal !== undefined) return refusal;
  if (dueAt !== undefined) return `No step would run before ${formatTime(dueAt)}, without --now`;
  if (lacksVariables(dryRun) && !finishes) return NOTHING_RUNS;
  if (pausesFor.length > 0) return `Would pause for ${pausesFor.map((what) => `a ${what}`).join(" and ")}`;
  if (sleeps !== undefined) {
    const until = sleeps.until === undefined ? "is too long to wait for" : `lasts until ${formatTime(sleeps.until)}`;
    return `Would stop at step ${sleeps.step}: its sleep ${until}`;
  }
  if (stopsBefore !== undefined) return `Would stop before step ${stopsBefore}, as requested`;
  if (!finishes) return "Would pause";
  if (steps.every(({ status }) => status === "finished" || status === "skipped")) return "No step would run";
  const looked = loaded === undefined
    ? "no module was loaded"
    : `${loaded} ${loaded === 1 ? "function was" : "functions were"} found, and every module was loaded`;
  const run = isRollback ? ALL_UNDONE : "All steps would run, unless one fails";
  return `${lacksVariables(dryRun) || needs.flags.length > 0 ? NOTHING_RUNS : run}; ${looked}`;
}

/** A run ends before its first call if a variable is not set that it may need later. */
function lacksVariables({ calls, needs }: DryRun): boolean {
  return calls && needs.unset.length > 0;
}

/** Says why nothing would run at all, if so. */
function describeRefusal({ refusal, blocking }: Pick<DryRun, "refusal" | "blocking">): string | undefined {
  if (refusal === undefined) return undefined;
  const more = blocking.length < 2 ? "" : `. ${blocking.length - 1} more of the modules would be refused`;
  return escapeForTerminal(`Would be refused before any step: ${refusal}${more}`);
}

function describeNeeds({ needs: { flags, unset } }: DryRun): readonly string[] {
  const variables = unset.length === 1 ? "variable" : "variables";
  return [
    ...(flags.length === 0 ? [] : [`Needs ${flags.join(" ")}, and the permissions that the steps need`]),
    ...(unset.length === 0 ? [] : [`Not set: the environment ${variables} ${unset.join(", ")}`]),
  ].map(escapeForTerminal);
}

const SOURCES: Readonly<Record<DryRunModule["source"], string>> = {
  unchanged: "as it was when the plan was made",
  changed: "changed since the plan was made",
  versioned: "fixed by its version",
  unpinned: "there, with nothing to compare it with",
  unread: "not looked at",
  missing: "cannot be read",
};

function renderModules(modules: readonly DryRunModule[], paint: Paint): readonly string[] {
  const lines = modules.map(({ url, source, reason }) => {
    const remote = source === "changed" && !url.startsWith("file:") ? ": refused without --accept-changes" : "";
    return escapeForTerminal(`  ${url}   ${SOURCES[source]}${reason === undefined ? remote : `: ${reason}`}`);
  });
  return section("Modules", lines, paint);
}

function renderMoved(moved: DryRun["moved"], paint: Paint): readonly string[] {
  return section("Moved", moved.map(({ from, to }) => escapeForTerminal(`  ${from} is expected at ${to}`)), paint);
}

function section(title: string, lines: readonly string[], paint: Paint): readonly string[] {
  return lines.length === 0 ? [] : [paint(title, "title"), ...lines, ""];
}

/** If there are several modules, each step that is left names its own. */
function describeModule(modules: readonly DryRunModule[]): (step: DryRunStep) => readonly string[] {
  const used = new Map(modules.map((module) => [module.url, module]));
  return ({ module, status }) => {
    const found = module === undefined ? undefined : used.get(module);
    if (found === undefined || used.size < 2 || status === "finished" || status === "skipped") return [];
    return [escapeForTerminal(`of ${found.url}${found.source === "changed" ? `, ${SOURCES.changed}` : ""}`)];
  };
}

function renderRollback(dryRun: DryRun, options: RenderDryRunOptions): string {
  const { undo = [], left = [], rewound = [], moved, finishes } = dryRun;
  const end = lacksVariables(dryRun) ? NOTHING_RUNS : finishes ? ALL_UNDONE : "Would pause for a decision";
  return [
    ...renderMoved(moved, options.paint),
    ...renderList("Undo, in this order", undo, options),
    ...renderList("Stay as they are", left, options),
    ...describeRewound(rewound).map((text) => `Also, ${text}`),
    ...describeNeeds(dryRun),
    describeRefusal(dryRun) ?? end,
    "Nothing was changed, and no module was loaded",
    "",
  ].join("\n");
}

function renderList(title: string, steps: readonly DryRunStep[], options: RenderDryRunOptions): readonly string[] {
  const describe = { text: ({ what }: DryRunStep) => what, notes: () => [] };
  const selected = steps.map((step) => ({ kind: "step", step } as const));
  return section(title, renderSteps(selected, describe, { ...options, keepsText: true }), options.paint);
}

export function dryRunStyle({ wantsColour, readColumns }: CommandIo): RenderDryRunOptions {
  return { paint: paintFor(wantsColour), width: readColumns?.() };
}

/** The exit code of a dry run: what the run would end with. */
export function dryRunCode(dryRun: DryRun): number {
  if (dryRun.refusal !== undefined) return EXIT.refused;
  if (lacksVariables(dryRun)) return EXIT.failed;
  return dryRun.finishes ? EXIT.finished : EXIT.paused;
}

type ShowDryRunRequest = Parameters<typeof dryRunJournal>[2] & { readonly json: boolean };

/** Shows what a resume or a rollback would do, and returns the exit code that it would end with. */
export async function showDryRun({ store, name }: Located, request: ShowDryRunRequest, io: CommandIo): Promise<number> {
  const found = await dryRunJournal(store, name, request);
  const render = request.rollback === undefined ? renderDryRun : renderRollback;
  if (request.json) writeJson(io, found);
  else io.writeOut(render(found, dryRunStyle(io)));
  return dryRunCode(found);
}
