import { isGroup } from "../../plan/node.ts";
import { addToStatusCounts, type OpenStatusCounts, type StatusCounts } from "../../state/progress.ts";
import type { StepStatus } from "../../state/step_state.ts";
import { hasPlanStatus } from "./inspect_step.ts";
import type { InspectedStep } from "./inspected_step.ts";

/** What tells whether a node matters. The status is its own: what is in it is looked at as well. */
export interface SelectedLook extends Pick<InspectedStep, "status" | "depth" | "kind"> {
  readonly isDecided?: boolean;
}

/** A node to show, or a gap of steps to sum up. */
export type Selected<T> =
  | { readonly kind: "step"; readonly step: T }
  | { readonly kind: "gap"; readonly counts: StatusCounts };

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

/** Selects, of a long plan, the nodes around which something happened or is about to, and those that they are in. */
export function selectSteps<T>(
  steps: readonly T[],
  { all, look }: { readonly all: boolean; readonly look: (step: T) => SelectedLook },
): readonly Selected<T>[] {
  if (all || steps.length <= MAX_STEPS) return steps.map((step) => ({ kind: "step", step }));
  const looks = steps.map(look);
  const chosen = chooseSteps(looks);
  const selected: Selected<T>[] = [];
  let counts: OpenStatusCounts = {};
  for (const [position, look] of looks.entries()) {
    const step = steps[position];
    if (step === undefined || !chosen.has(position)) {
      if (!isGroup(look)) addToStatusCounts(counts, look.status);
      continue;
    }
    if (Object.keys(counts).length > 0) selected.push({ kind: "gap", counts });
    selected.push({ kind: "step", step });
    counts = {};
  }
  return selected;
}

/** The positions of what is shown. */
function chooseSteps(looks: readonly SelectedLook[]): ReadonlySet<number> {
  const chosen = new Set<number>();
  const choose = (from: number, to: number) => {
    for (let position = Math.max(0, from); position < Math.min(looks.length, to); position += 1) chosen.add(position);
  };
  choose(0, EDGE);
  choose(looks.length - EDGE, looks.length);
  for (const position of findFocused(looks)) choose(position - AROUND, position + AROUND + 1);
  const path: number[] = [];
  for (const [position, { depth }] of looks.entries()) {
    path.length = Math.min(path.length, depth);
    path[depth] = position;
    if (chosen.has(position)) { for (const parent of path) chosen.add(parent); }
  }
  return chosen;
}

/** The first steps whose status asks for attention, and the one that comes next. */
function findFocused(looks: readonly SelectedLook[]): readonly number[] {
  const focused: number[] = [];
  let hasNext = false;
  for (const [position, look] of looks.entries()) {
    if (focused.length >= MAX_FOCUSED) break;
    if (isGroup(look)) continue;
    const isNext: boolean = !hasNext && !DONE.has(look.status);
    hasNext ||= isNext;
    if (isNext || look.isDecided === true || FOCUSED.has(look.status)) focused.push(position);
  }
  return focused;
}

export function selectInspected(
  steps: readonly InspectedStep[],
  { all }: { readonly all: boolean },
): readonly Selected<InspectedStep>[] {
  return selectSteps(steps, {
    all,
    look: (step) => ({
      status: !isGroup(step) && hasPlanStatus(step) ? "finished" : step.status,
      depth: step.depth,
      kind: step.kind,
      isDecided: step.decisions.length > 0,
    }),
  });
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
      const place = path.at(-1)?.step.within === undefined ? path.at(-2) : path.at(-1);
      (place?.inside ?? root).push(entry);
      continue;
    }
    const branch = { ...entry, inside: [] };
    path.length = Math.min(path.length, entry.step.depth);
    (path.at(-1)?.inside ?? root).push(branch);
    path.push(branch);
  }
  return root;
}
