import type { InspectedStep } from "./inspection.ts";

/** What must be known of a step to tell whether it matters. */
export type WithStatus = Pick<InspectedStep, "status"> & Partial<Pick<InspectedStep, "decisions">>;

/** A step to show, or a gap of steps to sum up. */
export type Selected<T> =
  | { readonly kind: "step"; readonly step: T }
  | { readonly kind: "gap"; readonly steps: readonly T[] };

/** Up to so many steps are shown without a gap. */
const MAX_STEPS = 60;
/** So many steps are shown before and behind one that matters. */
const AROUND = 10;
/** So many steps are shown at the beginning and at the end. */
const EDGE = 3;
/** A plan can have any number of steps that matter; of the rest a gap tells. */
const MAX_FOCUSED = 20;

/** Picks, of a long plan, the steps around which something happened or is about to, with gaps between. */
export function selectSteps<T extends WithStatus>(
  steps: readonly T[],
  options: { readonly all: boolean },
): readonly Selected<T>[] {
  if (options.all || steps.length <= MAX_STEPS) return steps.map((step) => ({ kind: "step", step }));
  const chosen = new Set<number>();
  const choose = (from: number, to: number) => {
    for (let position = Math.max(0, from); position < Math.min(steps.length, to); position += 1) chosen.add(position);
  };
  choose(0, EDGE);
  choose(steps.length - EDGE, steps.length);
  for (const position of findFocused(steps)) choose(position - AROUND, position + AROUND + 1);
  return joinChosen(steps, [...chosen].sort((a, b) => a - b));
}

/** The first steps whose status asks for attention, and the one that comes next. */
function findFocused(steps: readonly WithStatus[]): readonly number[] {
  const focused: number[] = [];
  const next = steps.findIndex(({ status }) => status !== "finished" && status !== "skipped");
  if (next !== -1) focused.push(next);
  for (const [position, { status, decisions = [] }] of steps.entries()) {
    if (focused.length >= MAX_FOCUSED) break;
    if (
      status === "failed" || status === "unknown" || status === "started" || status === "waiting" ||
      decisions.length > 0
    ) {
      focused.push(position);
    }
  }
  return focused;
}

function joinChosen<T>(steps: readonly T[], positions: readonly number[]): readonly Selected<T>[] {
  const selected: Selected<T>[] = [];
  let expected = 0;
  for (const position of positions) {
    const gap = steps.slice(expected, position);
    if (gap.length > 0) selected.push({ kind: "gap", steps: gap });
    const step = steps[position];
    if (step !== undefined) selected.push({ kind: "step", step });
    expected = position + 1;
  }
  return selected;
}
