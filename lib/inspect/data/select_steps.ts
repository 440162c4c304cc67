import { isGroup } from "../../plan/node.ts";
import { addToStatusCounts, type OpenStatusCounts, type StatusCounts } from "../../state/progress.ts";
import type { StepStatus } from "../../state/step_state.ts";
import { hasPlanStatus } from "./derive_statuses.ts";
import type { InspectedStep } from "./inspected_step.ts";

/** What tells whether a node matters. */
export interface SelectedLook {
  /** Its own: what is in it is looked at as well. */
  readonly status: StepStatus;
  readonly depth: number;
  /** A group is shown where its children are. */
  readonly isGroup: boolean;
  readonly isDecided: boolean;
}

/** A node to show, or a gap of steps to sum up. */
export type Selected<T> =
  | { readonly kind: "step"; readonly step: T }
  | { readonly kind: "gap"; readonly counts: StatusCounts };

interface SelectStepsOptions<T> {
  readonly all: boolean;
  readonly look: (step: T) => SelectedLook;
}

/** Up to this many nodes are shown without a gap. */
const MAX_STEPS = 60;
/** How many nodes are shown before and after one that matters. */
const AROUND = 10;
/** How many nodes are shown at the beginning and at the end. */
const EDGE = 3;
/** A plan can have any number of steps that matter. */
const MAX_FOCUSED = 20;
const DONE: ReadonlySet<StepStatus> = new Set(["finished", "skipped", "undone"]);
const FOCUSED: ReadonlySet<StepStatus> = new Set(["failed", "unknown", "started", "waiting"]);

/**
 * Selects, of a long plan, the nodes around which something happened or is about to happen, with gaps between them, and the
 * nodes that they are in.
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
  for (const [position, step] of steps.entries()) {
    if (focused.length >= MAX_FOCUSED) break;
    const { status, isGroup, isDecided } = look(step);
    if (isGroup) continue;
    const isNext = !hasNext && !DONE.has(status);
    if (isNext) hasNext = true;
    if (isNext || isDecided || FOCUSED.has(status)) focused.push(position);
  }
  return focused;
}

function addParents<T>(chosen: Set<number>, steps: readonly T[], look: (step: T) => SelectedLook): void {
  const isOutermost = (step: T | undefined) => step === undefined || look(step).depth === 0;
  if ([...chosen].every((position) => isOutermost(steps[position]))) return;
  const path: number[] = [];
  for (const [position, step] of steps.entries()) {
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
    const counts: OpenStatusCounts = {};
    for (const step of steps.slice(expected, position)) {
      const { status, isGroup } = look(step);
      if (!isGroup) addToStatusCounts(counts, status);
    }
    if (Object.keys(counts).length > 0) selected.push({ kind: "gap", counts });
    const step = steps[position];
    if (step !== undefined) selected.push({ kind: "step", step });
    expected = position + 1;
  }
  return selected;
}

export function selectInspected(
  steps: readonly InspectedStep[],
  { all }: { readonly all: boolean },
): readonly Selected<InspectedStep>[] {
  const look = (step: InspectedStep) => ({
    status: !isGroup(step) && hasPlanStatus(step) ? "finished" : step.status,
    depth: step.depth,
    isGroup: isGroup(step),
    isDecided: step.decisions.length > 0,
  });
  return selectSteps(steps, { all, look });
}

/** A step with what is shown of what is in it, or steps that are left out. */
export type StepBranch =
  | { readonly kind: "step"; readonly step: InspectedStep; readonly inside: StepBranch[] }
  | { readonly kind: "gap"; readonly counts: StatusCounts };

/** Turns a list in which each step comes before what is in it into a tree. */
export function growStepTree(selected: readonly Selected<InspectedStep>[]): readonly StepBranch[] {
  const root: StepBranch[] = [];
  const path: Extract<StepBranch, { kind: "step" }>[] = [];
  for (const entry of selected) {
    if (entry.kind === "gap") {
      // What is left out may be at any depth: it is shown in the group before it, or beside the step.
      const isInside = path.at(-1)?.step.within !== undefined;
      const place = isInside ? path.at(-1) : path.at(-2);
      (place?.inside ?? root).push(entry);
      continue;
    }
    const branch = { kind: "step" as const, step: entry.step, inside: [] };
    path.length = Math.min(path.length, entry.step.depth);
    (path.at(-1)?.inside ?? root).push(branch);
    path.push(branch);
  }
  return root;
}
