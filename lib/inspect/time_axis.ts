/** A stretch of time, in milliseconds since any one instant. */
export interface Stretch {
  /** Its beginning. */
  readonly from: number;
  /** Its end, not before the beginning. */
  readonly to: number;
}

/** A stretch in which nothing happened, drawn shorter than it was. */
export interface AxisGap {
  /** Where it is drawn, in percent of the axis. */
  readonly at: number;
  /** How long it was, in milliseconds. */
  readonly ms: number;
}

/** Where times are drawn. */
export interface TimeAxis {
  /** Turns a time into percent of the axis. */
  readonly toPercent: (ms: number) => number;
  /** The gaps, in order. */
  readonly gaps: readonly AxisGap[];
  /** How much of the axis each gap takes, in percent. */
  readonly gapWidth: number;
}

/** A pause is cut short that is longer than this part of all the time in which something happened. */
const LONGEST_PAUSE = 0.5;
/** All gaps together take at most so much of the axis, and one of them at most so much. */
const ALL_GAPS = 30;
const ONE_GAP = 6;

/**
 * Lays stretches of time out on an axis. A transaction may lie for days until somebody goes on with it: such pauses are cut
 * short, or nothing else could be seen.
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
  const toPercent = (ms: number) => {
    let percent = 0;
    let at = start;
    for (const gap of cut) {
      if (ms <= gap.from) break;
      percent += (gap.from - at) * scale + gapWidth * Math.min(1, (ms - gap.from) / (gap.to - gap.from));
      at = gap.to;
    }
    return Math.min(100, Math.max(0, percent + Math.max(0, ms - at) * scale));
  };
  return { toPercent, gapWidth, gaps: cut.map(({ from, to }) => ({ at: toPercent(from), ms: to - from })) };
}

/** Stretches that touch become one. */
function merge(stretches: readonly Stretch[]): readonly Stretch[] {
  const merged: { from: number; to: number }[] = [];
  for (const { from, to } of stretches.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else merged.push({ from, to });
  }
  return merged;
}
