import type { InspectedAttempt, InspectedStep } from "../data/inspected_step.ts";
import { formatDuration } from "../../text/format_time.ts";
import { describeAttempt } from "../text/describe_notes.ts";
import { type Markup, markup } from "./escape_html.ts";
import type { PagePart } from "./page_parts.ts";

interface Lane {
  readonly step: InspectedStep;
  readonly attempts: readonly InspectedAttempt[];
}

const TONES: Readonly<Record<InspectedAttempt["end"], string>> = {
  finished: "good",
  failed: "bad",
  interrupted: "doubtful",
  started: "busy",
};
/** If a step was tried very often, only the last attempts are shown. */
const MAX_BARS = 200;
/** Each lane shows the longest gaps. If there are more, they are narrower than their lines. */
const MAX_GAPS = 50;

export function pageTimeline(lanes: readonly Lane[], lastAt: string): PagePart {
  const bars = lanes.flatMap(({ step, attempts }) => attempts.slice(-MAX_BARS).map((attempt) => ({ step, attempt })));
  const axis = timeAxis(bars.map(({ attempt }) => stretchOf(attempt, lastAt)));
  if (bars.length === 0) return { part: undefined, style: "" };
  const rules: string[] = [];
  const place = (from: number, to: number): string => {
    // The narrowest bar must not lie beyond the end.
    const left = `min(${from.toFixed(3)}%,calc(100% - 3px))`;
    rules.push(`.b${rules.length}{left:${left};width:${Math.max(0, to - from).toFixed(3)}%}`);
    return `b${rules.length - 1}`;
  };
  const gaps = axis.gaps.toSorted((a, b) => b.ms - a.ms).slice(0, MAX_GAPS);
  const cuts = gaps.map(({ at, ms }) => {
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
  const title = describeAttempt(attempt);
  const classes = `bar ${TONES[attempt.end]}${attempt.kind === "undo" ? " undo" : ""}`;
  const spot = place(axis.toPercent(from), axis.toPercent(to));
  return markup`<span class="${classes} ${spot}" role="img" aria-label="${title}" title="${title}"></span>`;
}

function legend({ gaps }: TimeAxis): string {
  const words = "Tall: failed. Striped: interrupted. Underlined: an attempt to undo.";
  if (gaps.length === 0) return words;
  const longest = gaps.reduce((most, { ms }) => Math.max(most, ms), 0);
  return `${words} Dashed: a pause that is drawn shorter, the longest of ${formatDuration(longest)}.`;
}

/** A stretch of time, in milliseconds since some instant. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** A stretch in which nothing happened, drawn shorter than it was. */
interface AxisGap {
  /** Where it is drawn, in percent of the axis. */
  readonly at: number;
  readonly ms: number;
}

interface TimeAxis {
  readonly toPercent: (ms: number) => number;
  readonly gaps: readonly AxisGap[];
  /** How much of the axis each gap takes, in percent. */
  readonly gapWidth: number;
}

/** A pause is drawn shorter if it is longer than this part of the time in which something happened. */
const LONGEST_PAUSE = 0.5;
/** How much of the axis all gaps together, and one of them, take at most, in percent. */
const ALL_GAPS = 30;
const ONE_GAP = 6;

/**
 * Lays stretches of time out on an axis. A transaction may rest for days before it is resumed: such pauses are drawn
 * shorter, or nothing else could be seen.
 */
export function timeAxis(stretches: readonly Stretch[]): TimeAxis {
  const busy = merge(stretches);
  const busyMs = Math.max(1, busy.reduce((sum, { from, to }) => sum + to - from, 0));
  const longest = busyMs * LONGEST_PAUSE;
  const pauses = busy.slice(1).map(({ from }, index) => ({ from: busy[index]?.to ?? from, to: from }));
  const cut = pauses.filter(({ from, to }) => to - from > longest);
  const kept = pauses.filter(({ from, to }) => to - from <= longest);
  const gapWidth = cut.length === 0 ? 0 : Math.min(ONE_GAP, ALL_GAPS / cut.length);
  const drawnMs = busyMs + kept.reduce((sum, { from, to }) => sum + to - from, 0);
  const scale = (100 - cut.length * gapWidth) / drawnMs;
  const start = busy[0]?.from ?? 0;
  let percent = 0;
  let at = start;
  const drawn = cut.map(({ from, to }) => {
    const begin = percent + (from - at) * scale;
    percent = begin + gapWidth;
    at = to;
    return { from, to, begin };
  });
  const toPercent = (ms: number) => {
    const gap = drawn[countBefore(drawn, ms) - 1];
    const found = gap === undefined
      ? (ms - start) * scale
      : gap.begin + gapWidth * Math.min(1, (ms - gap.from) / (gap.to - gap.from)) + Math.max(0, ms - gap.to) * scale;
    return Math.min(100, Math.max(0, found));
  };
  return { toPercent, gapWidth, gaps: drawn.map(({ from, to }) => ({ at: toPercent(from), ms: to - from })) };
}

/** How many of some stretches in order begin before a time. Each bar is placed among as many gaps as there may be bars. */
function countBefore(stretches: readonly Stretch[], ms: number): number {
  let [least, most] = [0, stretches.length];
  while (least < most) {
    const middle = (least + most) >> 1;
    if ((stretches[middle]?.from ?? Infinity) < ms) least = middle + 1;
    else most = middle;
  }
  return least;
}

function merge(stretches: readonly Stretch[]): readonly Stretch[] {
  const merged: { from: number; to: number }[] = [];
  for (const { from, to } of stretches.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else merged.push({ from, to });
  }
  return merged;
}
