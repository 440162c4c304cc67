import type { InspectedStep } from "./inspected_step.ts";
import { type Selected, selectSteps } from "./select_steps.ts";

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
      isGroup: kind === "parallel" || kind === "sequence",
      isDecided: decisions.length > 0,
    }),
  });
}
