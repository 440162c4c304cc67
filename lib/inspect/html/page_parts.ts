import { readArguments, readValue } from "../../journal/stored_value.ts";
import { isGroup } from "../../plan/node.ts";
import { doneOf } from "../../state/progress.ts";
import { formatDuration, formatTimeCell } from "../../text/format_time.ts";
import type { HistoryEntry } from "../data/event_history.ts";
import type { InspectedStep } from "../data/inspected_step.ts";
import type { Inspection } from "../data/inspection.ts";
import { growStepTree, type Selected, type StepBranch } from "../data/select_steps.ts";
import { formatCount, formatLeftOut } from "../format/format_counts.ts";
import { formatError, formatErrorDetails, type SourceLines } from "../format/format_error.ts";
import { formatPretty } from "../format/format_value.ts";
import { type Redact, redactEvent } from "../redact/redact_secrets.ts";
import { STATUS_TONES } from "../text/paint.ts";
import { describeEvent } from "../text/render_events.ts";
import { fileName, headerEntries, TRANSACTION_TONES } from "../text/render_inspection.ts";
import type { StepDescription } from "../text/render_steps.ts";
import { type Markup, markup } from "./escape_html.ts";

/** A part of a page with the style that it needs: the page's policy forbids styles of single elements. */
export interface PagePart {
  readonly part: Markup | undefined;
  /** CSS rules. They contain no text of a journal. */
  readonly style: string;
}

export function pageHeader(inspection: Inspection, source: SourceLines | undefined): PagePart {
  const { status, home } = inspection;
  const share = shareOf(inspection);
  const entries = headerEntries(inspection, source).map(([label, ...lines]) => {
    const said = lines.length === 1 ? lines[0] : preformatted(lines);
    return markup`<dt>${label}</dt><dd>${said}</dd>\n`;
  });
  const badge = markup`<span class="status ${TRANSACTION_TONES[status]}">${status}</span>`;
  const title = markup`<div class="title"><h1>${fileName(home)}</h1>${badge}</div>`;
  return { part: markup`<header>${title}<dl>${entries}</dl>${share.part}</header>\n`, style: share.style };
}

/** A strip in which each status has its share. */
function shareOf({ counts }: Inspection): { readonly part: Markup | undefined; readonly style: string } {
  const total = doneOf(counts).all;
  if (total === 0) return { part: undefined, style: "" };
  const shares = Object.entries(counts).map(([status, count]) => ({ status, count, width: (100 * count) / total }));
  const text = shares.map(({ status, count }) => `${count} ${status}`).join(", ");
  const tones: Readonly<Record<string, string>> = STATUS_TONES;
  const spans = shares.map(({ status }, index) =>
    markup`<span class="${tones[status]} s${index}" title="${status}"></span>`
  );
  return {
    part: markup`<div class="share" role="img" aria-label="${text}">${spans}</div>`,
    style: shares.map(({ width }, index) => `.s${index}{width:${width.toFixed(3)}%}`).join("\n"),
  };
}

/** A longer history is collapsed. */
const OPEN_ROWS = 40;

export function pageHistory(history: readonly HistoryEntry[], redact: Redact): Markup | undefined {
  if (history.length === 0) return undefined;
  const rows = history.map((entry) => {
    if (entry.kind === "gap") {
      return markup`<tr><td colspan="5" class="gap">… ${formatCount(entry.count)} events …</td></tr>\n`;
    }
    const { seq, at, event } = entry.event;
    const [day = "", time = ""] = formatTimeCell(at).split(" ");
    const cells = [
      markup`<td class="number">${seq}</td>`,
      markup`<td class="number"><span class="day">${day} </span>${time}</td>`,
      markup`<td>${event.type}</td>`,
      markup`<td>${"step" in event ? event.step : undefined}</td>`,
      markup`<td>${describeEvent({ ...entry.event, event: redactEvent(event, redact) })}</td>`,
    ];
    return markup`<tr>${cells}</tr>\n`;
  });
  const open = history.length <= OPEN_ROWS ? markup` open` : undefined;
  const head = markup`<thead><tr><th>#</th><th>time</th><th>event</th><th>step</th><th>what</th></tr></thead>`;
  const table = markup`<div class="scroll" tabindex="0"><table>${head}<tbody>${rows}</tbody></table></div>`;
  return markup`<section aria-labelledby="history"><h2 id="history">History</h2>
<details${open}><summary>${history.length} rows</summary>${table}</details></section>\n`;
}

/** Shows what to type next. One click selects a command. */
export function pageNext({ next }: Inspection): Markup | undefined {
  if (next.length === 0) return undefined;
  const items = next.map(({ when, command }) => markup`<li>${when}${preformatted([command])}</li>\n`);
  return markup`<section aria-labelledby="next"><h2 id="next">What to type next</h2>
<ol class="next">${items}</ol></section>\n`;
}

interface PageStepsOptions extends StepDescription<InspectedStep> {
  readonly nameOf: (id: string) => string | undefined;
  readonly source: SourceLines | undefined;
}

/** Shows steps as a tree: what is in a group, or in a plan that a step has returned, is a list below it. */
export function pageSteps(selected: readonly Selected<InspectedStep>[], options: PageStepsOptions): Markup {
  const tree = growStepTree(selected).map((branch) => renderBranch(branch, options));
  return markup`<section aria-labelledby="steps"><h2 id="steps">Steps</h2><ol class="tree">${tree}</ol></section>\n`;
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

function describeInside(step: InspectedStep, { notes: notesFor, nameOf, source }: PageStepsOptions): readonly Markup[] {
  const { args, valueText, module, export: exported, failures } = step;
  const notes = notesFor({ ...step, failures: [] });
  return [
    notes.length === 0 ? markup`` : markup`<ul>${notes.map((note) => markup`<li>${note}</li>`)}</ul>`,
    module === undefined ? markup`` : markup`<p><code>${exported ?? ""}</code> of <code>${module}</code></p>`,
    ...(args === undefined ? [] : [part("Arguments", formatPretty(readArguments(step), nameOf))]),
    ...(valueText === undefined ? [] : [part("Value", valueLines(step, nameOf))]),
    ...failures.slice(-MAX_FAILURES).map(({ attempt, ms, error, undo }) =>
      part(`${undo === true ? "Undo attempt" : "Attempt"} ${attempt} failed after ${formatDuration(ms)}`, [
        formatError(error),
        ...formatErrorDetails(error, { all: true, source }).map((line) => `  ${line}`),
      ])
    ),
  ];
}

/** A value that was cut has only a text. */
function valueLines(
  step: InspectedStep,
  nameOf: PageStepsOptions["nameOf"],
): readonly string[] {
  const { value, valueText = "" } = step;
  const isCut = value === undefined && valueText !== "undefined";
  return isCut ? [valueText] : formatPretty(readValue(step), nameOf);
}

/** If a step was tried very often, only the last attempts are shown. */
const MAX_FAILURES = 10;

function part(title: string, lines: readonly string[]): Markup {
  return markup`<h3>${title}</h3>${preformatted(lines)}`;
}

/** Shows lines as they are. The keyboard reaches it, since it may scroll. */
export function preformatted(lines: readonly string[]): Markup {
  return markup`<pre tabindex="0">${lines.map((line) => markup`${line}\n`)}</pre>`;
}
