import { type Markup, markup } from "./markup.ts";
import type { Inspection } from "./inspection.ts";
import type { PagePart } from "./page_part.ts";
import { preformatted } from "./page_steps.ts";
import { fileName } from "./file_name.ts";
import { headerEntries, TRANSACTION_TONES } from "./render_header.ts";
import type { SourceLines } from "./source_lines.ts";
import { totalOfStatusCounts } from "./status_counts.ts";
import { STATUS_TONES } from "./status_tones.ts";

/** Shows what is to be said about the transaction as a whole, and how far it is. */
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

/** A strip of which each status has its share. */
function shareOf({ counts }: Inspection): { readonly part: Markup | undefined; readonly style: string } {
  const total = totalOfStatusCounts(counts);
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
