import type { StatusCounts } from "../../state/progress.ts";
import type { InspectedStep } from "./inspected_step.ts";
import type { Selected } from "./select_steps.ts";

/** A step with what is shown of what is in it, or steps that are left out. */
export type StepBranch =
  | { readonly kind: "step"; readonly step: InspectedStep; readonly inside: StepBranch[] }
  | { readonly kind: "gap"; readonly counts: StatusCounts };

type StepOfTree = Extract<StepBranch, { kind: "step" }>;

/** Makes a tree of a list in which each step stands before what is in it. */
export function growStepTree(selected: readonly Selected<InspectedStep>[]): readonly StepBranch[] {
  const root: StepBranch[] = [];
  const path: StepOfTree[] = [];
  for (const entry of selected) {
    if (entry.kind === "gap") {
      // What is left out may lie at any depth: it stands in the group before it, or beside the step.
      const isInside = path.at(-1)?.step.within !== undefined;
      const place = isInside ? path.at(-1) : path.at(-2);
      (place?.inside ?? root).push({ kind: "gap", counts: entry.counts });
      continue;
    }
    const branch: StepOfTree = { kind: "step", step: entry.step, inside: [] };
    path.length = Math.min(path.length, entry.step.depth);
    (path.at(-1)?.inside ?? root).push(branch);
    path.push(branch);
  }
  return root;
}
