import { sha256 } from "../../process/sha256.ts";
import { VERSION } from "../../version.ts";
import type { HistoryEntry } from "../data/event_history.ts";
import type { ReadState } from "../data/read_state.ts";
import { viewState } from "../data/view_journal.ts";
import type { SourceLines } from "../format/format_error.ts";
import type { Redact } from "../redact/redact_secrets.ts";
import { describeSteps } from "../text/describe_notes.ts";
import { fileName } from "../text/render_inspection.ts";
import { Markup, markup } from "./escape_html.ts";
import { pageHeader, pageHistory, pageNext, pageSteps } from "./page_parts.ts";
import { PAGE_STYLE } from "./page_style.ts";
import { pageTimeline } from "./page_timeline.ts";

interface PageOptions {
  readonly all: boolean;
  readonly redact: Redact;
  readonly history: readonly HistoryEntry[];
  readonly source?: SourceLines;
}

/**
 * Writes a self-contained page about a transaction: no script, nothing from elsewhere, and a policy that forbids a browser
 * to load anything.
 */
export function renderPage(read: ReadState, options: PageOptions): string {
  const { state, story } = read;
  const { source } = options;
  const { inspection, selected } = viewState(read, options);
  const shown = selected.flatMap((entry) => (entry.kind === "step" ? [entry.step] : []));
  const lanes = shown.map((step) => ({ step, attempts: story.attemptsOf(state, step.id, inspection.isHeld) }));
  const timeline = pageTimeline(lanes, inspection);
  const header = pageHeader(inspection, source);
  const style = `${PAGE_STYLE}${header.style}\n${timeline.style}\n`;
  const nameOf = (id: string) => state.byId.get(id)?.node.name;
  const body = [
    header.part,
    pageNext(inspection),
    timeline.part,
    shown.length === 0 ? undefined : pageSteps(selected, { ...describeSteps(inspection), nameOf, source }),
    pageHistory(options.history, options.redact),
  ];
  const head = [
    markup`<meta charset="utf-8">\n`,
    markup`<meta http-equiv="Content-Security-Policy" content="${policyFor(style)}">\n`,
    markup`<meta name="viewport" content="width=device-width, initial-scale=1">\n`,
    markup`<meta name="referrer" content="no-referrer">\n`,
    markup`<meta name="color-scheme" content="light dark">\n`,
    markup`<title>${inspection.status}: ${fileName(inspection.home)}</title>\n`,
    markup`<style>${new Markup(style)}</style>\n`,
  ];
  const foot = markup`<footer>Made by resumable-tx ${VERSION}. Times are in UTC.</footer>`;
  return markup`<!doctype html>
<html lang="en">
<head>
${head}</head>
<body>
${body}${foot}
</body>
</html>
`.text;
}

/** Forbids to load, run or send anything, and every style but this one. */
function policyFor(style: string): string {
  const hash = sha256(new TextEncoder().encode(style)).toBase64();
  return `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
}
