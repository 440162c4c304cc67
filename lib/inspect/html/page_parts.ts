import { doneOf } from "../../state/progress.ts";
import type { HistoryEntry } from "../data/event_history.ts";
import type { Inspection } from "../data/inspection.ts";
import { formatCount } from "../format/format_counts.ts";
import type { SourceLines } from "../format/format_error.ts";
import { formatTimeCell } from "../../text/format_time.ts";
import { redactEvent } from "../redact/redact_event.ts";
import type { Redact } from "../redact/redact_secrets.ts";
import { describeEvent } from "../text/describe_event.ts";
import { STATUS_TONES } from "../text/paint.ts";
import { fileName, headerEntries, TRANSACTION_TONES } from "../text/render_header.ts";
import { type Markup, markup } from "./escape_html.ts";
import { preformatted } from "./page_steps.ts";

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
