import { isGroup } from "../../plan/node.ts";
import { addToStatusCounts, type OpenStatusCounts, type StatusCounts } from "../../state/progress.ts";
import type { StepStatus } from "../../state/step_state.ts";
import type { InspectedStep } from "./inspected_step.ts";

/** What must be known of a node to tell whether it matters. */
export interface SelectedLook {
  /** Its status. */
  readonly status: StepStatus;
  /** How many nodes it is in. */
  readonly depth: number;
  /** It only holds others, and is shown where they are. */
  readonly isGroup: boolean;
  /** Somebody decided about it. */
  readonly isDecided: boolean;
}

/** A node to show, or a gap of steps to sum up. */
export type Selected<T> =
  | { readonly kind: "step"; readonly step: T }
  | { readonly kind: "gap"; readonly counts: StatusCounts };

/** How to select. */
interface SelectStepsOptions<T> {
  /** Leave no gap. */
  readonly all: boolean;
  /** Looks at a node. */
  readonly look: (step: T) => SelectedLook;
}

/** Up to so many nodes are shown without a gap. */
const MAX_STEPS = 60;
/** So many nodes are shown before and behind one that matters. */
const AROUND = 10;
/** So many nodes are shown at the beginning and at the end. */
const EDGE = 3;
/** A plan can have any number of steps that matter; of the rest a gap tells. */
const MAX_FOCUSED = 20;
const DONE: ReadonlySet<StepStatus> = new Set(["finished", "skipped", "undone"]);
const FOCUSED: ReadonlySet<StepStatus> = new Set(["failed", "unknown", "started", "waiting"]);

/**
 * Picks, of a long plan, the nodes around which something happened or is about to, with gaps between. What a node is in is
 * picked with it.
 *
 * @param steps The nodes, each before those that are in it.
 */
export function selectSteps<T>(steps: readonly T[], options: SelectStepsOptions<T>): readonly Selected<T>[] {
  if (options.all || steps.length <= MAX_STEPS) return steps.map((step) => ({ kind: "step", step }));
  const chosen = new Set<number>();
  const choose = (from: number, to: number) => {
    for (let position = Math.max(0, from); position < Math.min(steps.length, to); position += 1) chosen.add(position);
  };
  choose(0, EDGE);
  choose(steps.length - EDGE, steps.length);
  for (const position of findFocused(steps, options.look)) choose(position - AROUND, position + AROUND + 1);
  addParents(chosen, steps, options.look);
  return joinChosen(steps, [...chosen].sort((a, b) => a - b), options.look);
}

/** The first steps whose status asks for attention, and the one that comes next. */
function findFocused<T>(steps: readonly T[], look: (step: T) => SelectedLook): readonly number[] {
  const focused: number[] = [];
  let hasNext = false;
  let position = -1;
  for (const step of steps) {
    position += 1;
    if (focused.length >= MAX_FOCUSED) break;
    const { status, isGroup, isDecided } = look(step);
    if (isGroup) continue;
    const isNext = !hasNext && !DONE.has(status);
    if (isNext) hasNext = true;
    if (isNext || isDecided || FOCUSED.has(status)) focused.push(position);
  }
  return focused;
}

/** Those that lie deepest stand behind what they are in. */
function addParents<T>(chosen: Set<number>, steps: readonly T[], look: (step: T) => SelectedLook): void {
  const isOutermost = (step: T | undefined) => step === undefined || look(step).depth === 0;
  if ([...chosen].every((position) => isOutermost(steps[position]))) return;
  const path: number[] = [];
  let position = -1;
  for (const step of steps) {
    position += 1;
    const { depth } = look(step);
    path.length = Math.min(path.length, depth);
    path[depth] = position;
    if (!chosen.has(position)) continue;
    for (const parent of path) chosen.add(parent);
  }
}

function joinChosen<T>(
  steps: readonly T[],
  positions: readonly number[],
  look: (step: T) => SelectedLook,
): readonly Selected<T>[] {
  const selected: Selected<T>[] = [];
  let expected = 0;
  for (const position of positions) {
    const counts = countStatuses(steps, expected, position, look);
    if (Object.keys(counts).length > 0) selected.push({ kind: "gap", counts });
    const step = steps[position];
    if (step !== undefined) selected.push({ kind: "step", step });
    expected = position + 1;
  }
  return selected;
}

function countStatuses<T>(
  steps: readonly T[],
  from: number,
  to: number,
  look: (step: T) => SelectedLook,
): StatusCounts {
  const counts: OpenStatusCounts = {};
  for (let position = from; position < to; position += 1) {
    const step = steps[position];
    if (step === undefined) continue;
    const { status, isGroup } = look(step);
    if (!isGroup) addToStatusCounts(counts, status);
  }
  return counts;
}

/** Picks, of the steps of an inspection, those to show. */
export function selectInspected(
  steps: readonly InspectedStep[],
  options: { readonly all: boolean },
): readonly Selected<InspectedStep>[] {
  return selectSteps(steps, {
    all: options.all,
    look: ({ status, depth, kind, decisions }) => ({
      status,
      depth,
      isGroup: isGroup({ kind }),
      isDecided: decisions.length > 0,
    }),
  });
}
