import { readArguments, readValue } from "../../journal/stored_value.ts";
import { isGroup } from "../../plan/node.ts";
import { sha256 } from "../../process/sha256.ts";
import { doneOf } from "../../state/progress.ts";
import { formatDuration, formatTimeCell } from "../../text/format_time.ts";
import { VERSION } from "../../version.ts";
import type { HistoryEntry } from "../data/event_history.ts";
import type { InspectedStep } from "../data/inspected_step.ts";
import type { Inspection } from "../data/inspection.ts";
import type { ReadState } from "../data/read_state.ts";
import { growStepTree, type Selected, type StepBranch } from "../data/select_steps.ts";
import { type ViewOptions, viewState } from "../data/view_journal.ts";
import { formatCount, formatLeftOut } from "../format/format_counts.ts";
import { formatErrorInFull, type SourceLines } from "../format/format_error.ts";
import { formatPretty } from "../format/format_value.ts";
import { type Redact, redactEvent } from "../redact/redact_secrets.ts";
import { describeSteps } from "../text/describe_notes.ts";
import { STATUS_TONES } from "../text/paint.ts";
import { describeEvent } from "../text/render_events.ts";
import { fileName, headerEntries, TRANSACTION_TONES } from "../text/render_inspection.ts";
import type { StepDescription } from "../text/render_steps.ts";
import { Markup, markup, type MarkupPart } from "./escape_html.ts";
import { PAGE_STYLE } from "./page_style.ts";
import { pageTimeline } from "./page_timeline.ts";

interface PageOptions extends ViewOptions {
  readonly history: readonly HistoryEntry[];
  readonly source?: SourceLines;
}

/** Writes a self-contained page: no script, nothing from elsewhere, and a policy that forbids a browser to load anything. */
export function renderPage(read: ReadState, { all, redact, history, source }: PageOptions): string {
  const { state, story } = read;
  const { inspection, selected } = viewState(read, { all, redact });
  const shown = selected.flatMap((entry) => (entry.kind === "step" ? [entry.step] : []));
  const lanes = shown.map((step) => ({ step, attempts: story.attemptsOf(state, step.id, inspection.isHeld) }));
  const nameOf = (id: string) => state.byId.get(id)?.node.name;
  // The page's policy forbids styles of single elements. No rule contains text of a journal.
  const rules: string[] = [];
  const body = [
    pageHeader(inspection, source, rules),
    pageNext(inspection),
    pageTimeline(lanes, inspection, rules),
    shown.length === 0 ? undefined : pageSteps(selected, { ...describeSteps(inspection), nameOf, source }),
    pageHistory(history, redact),
  ];
  const style = `${PAGE_STYLE}${rules.join("\n")}\n`;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyFor(style)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${inspection.status}: ${fileName(inspection.home)}</title>
<style>${new Markup(style)}</style>
</head>
<body>
${body}<footer>Made by resumable-tx ${VERSION}. Times are in UTC.</footer>
</body>
</html>
`.text;
}

/** Forbids to load, run or send anything, and every style but this one. */
function policyFor(style: string): string {
  const hash = sha256(new TextEncoder().encode(style)).toBase64();
  return `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
}

function pageHeader(inspection: Inspection, source: SourceLines | undefined, rules: string[]): Markup {
  const { status, home } = inspection;
  const entries = headerEntries(inspection, source).map(([label, ...lines]) => {
    const said = lines.length === 1 ? lines[0] : preformatted(lines);
    return markup`<dt>${label}</dt><dd>${said}</dd>\n`;
  });
  const badge = markup`<span class="status ${TRANSACTION_TONES[status]}">${status}</span>`;
  const title = markup`<div class="title"><h1>${fileName(home)}</h1>${badge}</div>`;
  return markup`<header>${title}<dl>${entries}</dl>${pageShares(inspection, rules)}</header>\n`;
}

/** A strip in which each status has its share. */
function pageShares({ counts }: Inspection, rules: string[]): Markup | undefined {
  const total = doneOf(counts).all;
  if (total === 0) return undefined;
  const tones: Readonly<Record<string, string>> = STATUS_TONES;
  const spans = Object.entries(counts).map(([status, count], index) => {
    rules.push(`.s${index}{width:${((100 * count) / total).toFixed(3)}%}`);
    return markup`<span class="${tones[status]} s${index}" title="${status}"></span>`;
  });
  const text = Object.entries(counts).map(([status, count]) => `${count} ${status}`).join(", ");
  return markup`<div class="share" role="img" aria-label="${text}">${spans}</div>`;
}

/** A longer history is collapsed. */
const OPEN_ROWS = 40;

function pageHistory(history: readonly HistoryEntry[], redact: Redact): Markup | undefined {
  if (history.length === 0) return undefined;
  const rows = history.map((entry) => {
    if (entry.kind === "gap") {
      return markup`<tr><td colspan="5" class="gap">… ${formatCount(entry.count)} events …</td></tr>\n`;
    }
    const { seq, at, event } = entry.event;
    const [day = "", time = ""] = formatTimeCell(at).split(" ");
    return markup`<tr><td class="number">${seq}</td>\
<td class="number"><span class="day">${day} </span>${time}</td><td>${event.type}</td>\
<td>${"step" in event ? event.step : undefined}</td>\
<td>${describeEvent({ ...entry.event, event: redactEvent(event, redact) })}</td></tr>\n`;
  });
  const open = history.length <= OPEN_ROWS ? markup` open` : undefined;
  const head = markup`<thead><tr><th>#</th><th>time</th><th>event</th><th>step</th><th>what</th></tr></thead>`;
  const table = markup`<div class="scroll" tabindex="0"><table>${head}<tbody>${rows}</tbody></table></div>`;
  return section("History", markup`<details${open}><summary>${history.length} rows</summary>${table}</details>`);
}

/** Shows what to type next. One click selects a command. */
function pageNext({ next }: Inspection): Markup | undefined {
  if (next.length === 0) return undefined;
  const items = next.map(({ when, command }) => markup`<li>${when}${preformatted([command])}</li>\n`);
  return section("What to type next", markup`<ol class="next">${items}</ol>`);
}

interface PageStepsOptions extends StepDescription<InspectedStep> {
  readonly nameOf: (id: string) => string | undefined;
  readonly source: SourceLines | undefined;
}

/** Shows steps as a tree: what is in a group, or in a plan that a step has returned, is a list below it. */
function pageSteps(selected: readonly Selected<InspectedStep>[], options: PageStepsOptions): Markup {
  const tree = growStepTree(selected).map((branch) => renderBranch(branch, options));
  return section("Steps", markup`<ol class="tree">${tree}</ol>`);
}

function renderBranch(branch: StepBranch, options: PageStepsOptions): Markup {
  if (branch.kind === "gap") return markup`<li class="gap">… ${formatLeftOut(branch.counts)} …</li>\n`;
  const inside = branch.inside.map((child) => renderBranch(child, options));
  const list = inside.length === 0 ? undefined : markup`<ol>${inside}</ol>`;
  return markup`<li>${renderStep(branch.step, options)}${list}</li>\n`;
}

function renderStep(step: InspectedStep, options: PageStepsOptions): Markup {
  const { id, call, status } = step;
  const timing = options.text(step);
  const name = markup`<span class="call"><span class="id">${id}</span>${call}</span>`;
  const badge = markup`<span class="status ${STATUS_TONES[status]}">${status}</span>`;
  const took = timing === "" ? undefined : markup`<span class="took">${timing}</span>`;
  const row = markup`<span class="row">${name}${badge}${took}</span>`;
  if (isGroup(step)) return markup`<div class="group">${row}</div>`;
  const open = status === "failed" || status === "unknown" ? markup` open` : undefined;
  const inside = describeInside(step, options);
  return markup`<details${open}><summary>${row}</summary><div class="inside">${inside}</div></details>`;
}

function describeInside(
  step: InspectedStep,
  { notes: notesFor, nameOf, source }: PageStepsOptions,
): readonly MarkupPart[] {
  const { args, value, valueText, module, export: exported, failures } = step;
  const notes = notesFor({ ...step, failures: [] });
  return [
    notes.length > 0 ? markup`<ul>${notes.map((note) => markup`<li>${note}</li>`)}</ul>` : undefined,
    module && markup`<p><code>${exported}</code> of <code>${module}</code></p>`,
    args === undefined ? undefined : part("Arguments", formatPretty(readArguments(step), nameOf)),
    // A value that was cut has only a text.
    valueText && part(
      "Value",
      value === undefined && valueText !== "undefined" ? [valueText] : formatPretty(readValue(step), nameOf),
    ),
    ...failures.slice(-MAX_FAILURES).map(({ attempt, ms, error, undo }) =>
      part(
        `${undo === true ? "Undo attempt" : "Attempt"} ${attempt} failed after ${formatDuration(ms)}`,
        formatErrorInFull(error, source),
      )
    ),
  ];
}

/** If a step was tried very often, only the last attempts are shown. */
const MAX_FAILURES = 10;

function section(title: string, content: Markup): Markup {
  const id = title.toLowerCase().replaceAll(" ", "-");
  return markup`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>\n${content}</section>\n`;
}

function part(title: string, lines: readonly string[]): Markup {
  return markup`<h3>${title}</h3>${preformatted(lines)}`;
}

/** Shows lines as they are. The keyboard reaches it, since it may scroll. */
function preformatted(lines: readonly string[]): Markup {
  return markup`<pre tabindex="0">${lines.map((line) => markup`${line}\n`)}</pre>`;
}
