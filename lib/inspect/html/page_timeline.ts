import type { InspectedAttempt, InspectedStep } from "../data/inspected_step.ts";
import type { Inspection } from "../data/inspection.ts";
import { formatDuration, formatTimeBeside } from "../../text/format_time.ts";
import { describeAttempt } from "../text/describe_notes.ts";
import { type Markup, markup } from "./escape_html.ts";

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

/** How many parts of the axis have a line and a time at their ends. */
const TICKS = 4;
/** The last time that a date can have. */
const LAST_MS = 8.64e15;

export function pageTimeline(
  lanes: readonly { readonly step: InspectedStep; readonly attempts: readonly InspectedAttempt[] }[],
  { startedAt = "", lastAt }: Pick<Inspection, "startedAt" | "lastAt">,
  rules: string[],
): Markup | undefined {
  const shown = lanes.flatMap(({ step, attempts }) =>
    attempts.length === 0 ? [] : [{ step, bars: attempts.slice(-MAX_BARS).map((attempt) => toBar(attempt, lastAt)) }]
  );
  if (shown.length === 0) return undefined;
  const bars = shown.flatMap((lane) => lane.bars);
  const axis = timeAxis(bars);
  /** Makes a class for where a stretch is drawn. */
  const spotOf = (stretch: Stretch): string => {
    const [from, to] = [axis.toPercent(stretch.from), axis.toPercent(stretch.to)];
    // The narrowest bar must not lie beyond the end.
    const left = `min(${from.toFixed(3)}%,calc(100% - 3px))`;
    rules.push(`.b${rules.length}{left:${left};width:${Math.max(0, to - from).toFixed(3)}%}`);
    return `b${rules.length - 1}`;
  };
  const gaps = axis.gaps.toSorted((a, b) => lengthOf(b) - lengthOf(a)).slice(0, MAX_GAPS);
  const cuts = gaps.map((gap) => {
    const title = `${formatDuration(lengthOf(gap))} without an attempt`;
    return markup`<span class="cut ${spotOf(gap)}" title="${title}"></span>`;
  });
  const rows = shown.map((lane) => {
    const name = markup`<span class="call"><span class="id">${lane.step.id}</span>${lane.step.call}</span>`;
    const drawn = lane.bars.map((bar) => {
      const { attempt } = bar;
      const title = describeAttempt(attempt);
      const classes = `bar ${TONES[attempt.end]}${attempt.kind === "undo" ? " undo" : ""} ${spotOf(bar)}`;
      return markup`<span class="${classes}" role="img" aria-label="${title}" title="${title}"></span>`;
    });
    return markup`<div class="lane">${name}<div class="track">${cuts}${drawn}</div></div>\n`;
  });
  const isSetBack = bars.some(({ attempt }) => attempt.startedAt < startedAt);
  return markup`<section aria-labelledby="timeline"><h2 id="timeline">Timeline of attempts</h2>
${pageAxis(axis)}${rows}<p class="legend">${legend(axis, isSetBack)}</p></section>\n`;
}

/** Times above the lanes. The day is shown where it changes. */
function pageAxis({ toMs }: TimeAxis): Markup {
  const times = Array.from(
    { length: TICKS + 1 },
    (_, tick) => new Date(Math.min(LAST_MS, toMs((100 * tick) / TICKS))).toISOString(),
  );
  const ticks = times.map((time, tick) => markup`<span>${formatTimeBeside(time, times[tick - 1] ?? "")}</span>`);
  return markup`<div class="lane"><span>time</span><div class="axis">${ticks}</div></div>\n`;
}

interface Bar extends Stretch {
  readonly attempt: InspectedAttempt;
}

function toBar(attempt: InspectedAttempt, lastAt: string): Bar {
  const from = Date.parse(attempt.startedAt);
  const to = attempt.end === "started" ? Math.max(from, Date.parse(lastAt)) : from + (attempt.ms ?? 0);
  return { attempt, from, to };
}

function legend({ gaps }: TimeAxis, isSetBack: boolean): string {
  const longest = gaps.reduce((most, gap) => Math.max(most, lengthOf(gap)), 0);
  return [
    "Tall: failed. Striped: interrupted. Underlined: an attempt to undo.",
    ...(gaps.length === 0 ? [] : [`Dashed: a pause that is drawn shorter, the longest of ${formatDuration(longest)}.`]),
    ...(isSetBack ? ["The clock was set back in between: attempts are drawn at the times that it showed."] : []),
  ].join(" ");
}

/** A stretch of time, in milliseconds since some instant. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

function lengthOf({ from, to }: Stretch): number {
  return to - from;
}

interface TimeAxis {
  readonly toPercent: (ms: number) => number;
  readonly toMs: (percent: number) => number;
  /** In these nothing happened: they are drawn shorter than they were. */
  readonly gaps: readonly Stretch[];
}

/** A pause is drawn shorter if it is longer than this part of the time in which something happened. */
const LONGEST_PAUSE = 0.5;
/** How much of the axis all gaps together, and one of them, take at most, in percent. */
const ALL_GAPS = 30;
const ONE_GAP = 6;

/** A time, and where it is drawn. Between two of them, the axis is even. */
interface Knot {
  readonly ms: number;
  readonly percent: number;
}

/** Lays stretches of time out on an axis. Pauses of days are drawn shorter, or nothing else could be seen. */
export function timeAxis(stretches: readonly Stretch[]): TimeAxis {
  const busy = merge(stretches);
  const sum = (parts: readonly Stretch[]) => parts.reduce((ms, part) => ms + lengthOf(part), 0);
  const longest = Math.max(1, sum(busy)) * LONGEST_PAUSE;
  const pauses = busy.slice(1).map(({ from }, index) => ({ from: busy[index]?.to ?? from, to: from }));
  const gaps = pauses.filter((pause) => lengthOf(pause) > longest);
  const start = busy[0]?.from ?? 0;
  const end = Math.max(start + 1, busy.at(-1)?.to ?? start);
  const gapWidth = gaps.length === 0 ? 0 : Math.min(ONE_GAP, ALL_GAPS / gaps.length);
  const scale = (100 - gaps.length * gapWidth) / Math.max(1, end - start - sum(gaps));
  const knots: Knot[] = [{ ms: start, percent: 0 }];
  const draw = (ms: number, width: number) => knots.push({ ms, percent: (knots.at(-1)?.percent ?? 0) + width });
  let at = start;
  for (const { from, to } of gaps) {
    draw(from, (from - at) * scale);
    draw(to, gapWidth);
    at = to;
  }
  draw(end, (end - at) * scale);
  return {
    toPercent: (ms) => interpolate(knots, ms, "ms", "percent"),
    toMs: (percent) => interpolate(knots, percent, "percent", "ms"),
    gaps,
  };
}

/** Each bar is placed among as many gaps as there may be bars: what is around it is found by halving. */
function interpolate(knots: readonly Knot[], value: number, by: keyof Knot, wanted: keyof Knot): number {
  let [least, most] = [1, knots.length - 1];
  while (least < most) {
    const middle = (least + most) >> 1;
    if ((knots[middle]?.[by] ?? Infinity) < value) least = middle + 1;
    else most = middle;
  }
  const [left, right] = [knots[least - 1], knots[least]];
  if (left === undefined || right === undefined) return 0;
  const share = (value - left[by]) / (right[by] - left[by] || 1);
  return left[wanted] + Math.min(1, Math.max(0, share)) * (right[wanted] - left[wanted]);
}

/** A journal may hold days that no calendar has. */
function merge(stretches: readonly Stretch[]): readonly Stretch[] {
  const merged: { from: number; to: number }[] = [];
  for (const { from, to } of stretches.filter((one) => one.to >= one.from).toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else merged.push({ from, to });
  }
  return merged;
}
