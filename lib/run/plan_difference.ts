import type { FunctionName } from "../modules/function_name.ts";
import type { State } from "../state/state.ts";

/** What must be the same in two plans for one to go on with the other's journal. Arguments are not compared. */
export interface PlanOutline {
  /** URL of the home module. */
  readonly home: string;
  /** The function of each step, in order. */
  readonly functions: readonly FunctionName[];
  /** The probes, in any order. They may differ: a journal is believed about them as far as it is trusted. */
  readonly probes: readonly FunctionName[];
}

/** Says, in words, where a journal's plan differs first from the one that the program has made now. */
export function planDifference(state: State, outline: PlanOutline): string | undefined {
  if (state.home !== outline.home) return `it was planned by ${state.home}, not by ${outline.home}`;
  const { steps } = state;
  for (const [position, wanted] of outline.functions.entries()) {
    const node = steps[position]?.node;
    if (node === undefined) break;
    if (node.kind !== "step") return `step ${node.id} is a ${node.kind} in the journal`;
    const module = state.modules[node.module]?.url;
    if (node.export === wanted.export && module === wanted.module) continue;
    return `step ${node.id} is ${node.export} of ${module} in the journal, and ${wanted.export} of ${wanted.module} now`;
  }
  const [before, now] = [steps.length, outline.functions.length];
  return before === now ? undefined : `the journal has ${before} steps, the plan made now has ${now}`;
}
