import { formatDuration, formatTime } from "./format_time.ts";
import { type Markup, markup } from "./markup.ts";
import type { InspectedAttempt } from "./inspected_attempt.ts";
import type { InspectedStep } from "./inspected_step.ts";
import type { PagePart } from "./page_part.ts";
import { type TimeAxis, timeAxis } from "./time_axis.ts";

/** A step, and the attempts of it. */
export interface Lane {
  /** The step. */
  readonly step: InspectedStep;
  /** Its attempts, in order. */
  readonly attempts: readonly InspectedAttempt[];
}

const TONES: Readonly<Record<InspectedAttempt["end"], string>> = {
  finished: "good",
  failed: "bad",
  interrupted: "doubtful",
  started: "busy",
};
/** A step that is tried over and over shows its last attempts. */
const MAX_BARS = 200;

/** Draws attempts as bars over time. */
export function pageTimeline(lanes: readonly Lane[], lastAt: string): PagePart {
  const bars = lanes.flatMap(({ step, attempts }) => attempts.slice(-MAX_BARS).map((attempt) => ({ step, attempt })));
  const axis = timeAxis(bars.map(({ attempt }) => stretchOf(attempt, lastAt)));
  if (bars.length === 0) return { part: undefined, style: "" };
  const rules: string[] = [];
  const place = (from: number, to: number): string => {
    // The least that can be seen must not lie beyond the end.
    const left = `min(${from.toFixed(3)}%,calc(100% - 3px))`;
    rules.push(`.b${rules.length}{left:${left};width:${Math.max(0, to - from).toFixed(3)}%}`);
    return `b${rules.length - 1}`;
  };
  const cuts = axis.gaps.map(({ at, ms }) => {
    const title = `${formatDuration(ms)} without an attempt`;
    return markup`<span class="cut ${place(at, at + axis.gapWidth)}" title="${title}"></span>`;
  });
  const rows = lanes.filter(({ attempts }) => attempts.length > 0).map(({ step, attempts }) => {
    const name = markup`<span class="call"><span class="id">${step.id}</span>${step.call}</span>`;
    const shown = attempts.slice(-MAX_BARS).map((attempt) => bar(attempt, axis, lastAt, place));
    return markup`<div class="lane">${name}<div class="track">${cuts}${shown}</div></div>\n`;
  });
  const part = markup`<section aria-labelledby="timeline"><h2 id="timeline">Timeline of attempts</h2>
${rows}<p class="legend">${legend(axis)}</p></section>\n`;
  return { part, style: rules.join("\n") };
}

function stretchOf(
  { startedAt, ms, end }: InspectedAttempt,
  lastAt: string,
): { readonly from: number; readonly to: number } {
  const from = Date.parse(startedAt);
  return { from, to: end === "started" ? Math.max(from, Date.parse(lastAt)) : from + (ms ?? 0) };
}

function bar(
  attempt: InspectedAttempt,
  axis: TimeAxis,
  lastAt: string,
  place: (from: number, to: number) => string,
): Markup {
  const { from, to } = stretchOf(attempt, lastAt);
  const what = attempt.kind === "undo" ? "undo attempt" : "attempt";
  const took = attempt.ms === undefined ? "" : ` after ${formatDuration(attempt.ms)}`;
  const title = `${what} ${attempt.attempt}, ${formatTime(attempt.startedAt)} UTC: ${attempt.end}${took}`;
  const classes = `bar ${TONES[attempt.end]}${attempt.kind === "undo" ? " undo" : ""}`;
  const spot = place(axis.toPercent(from), axis.toPercent(to));
  return markup`<span class="${classes} ${spot}" role="img" aria-label="${title}" title="${title}"></span>`;
}

function legend({ gaps }: TimeAxis): string {
  const words = "Tall: failed. Striped: nobody wrote down how it ended. Underlined: an attempt to undo.";
  if (gaps.length === 0) return words;
  const longest = gaps.reduce((most, { ms }) => Math.max(most, ms), 0);
  return `${words} Dashed: a pause that is drawn short, the longest of ${formatDuration(longest)}.`;
}
