import { isGroup } from "../plan/node.ts";
import { mayHaveHappened } from "./rollback.ts";
import { countVisits, ImpossibleEvent, type State } from "./state.ts";
import { resetCursors, type StepState } from "./step_state.ts";
import { nodesAround, walkSteps } from "./walk_steps.ts";

/** Makes the transaction run again from a step on: it and every later step are pending, as if they had never run. */
export function rewind(state: State, from: StepState): void {
  if (state.status === "cancelled" || state.status === "undone" || state.rollback !== undefined) {
    throw new ImpossibleEvent("a transaction that was cancelled or rolled back cannot be rewound");
  }
  if (state.running.size > 0) throw new ImpossibleEvent("a transaction was rewound while a step was running");
  countVisits(state, state.byId.size);
  state.decided += 1;
  const steps = rewoundSteps(state, from);
  for (const step of steps) if (mayHaveHappened(step)) state.rewound.add(step.node.id);
  for (const step of steps) reset(state, step);
  bringBack(state, from);
  resetCursors(state.root);
  state.aborted = undefined;
  state.waits.clear();
  state.status = state.startedAt === undefined ? "pending" : "started";
}

/** What no longer counts when a step is pending again. Its arguments and its place stay as decided. */
const ENDED: ReadonlySet<string> = new Set(["skip", "done", "retry"]);

/** A step and every step after it, in the order of the plan. */
export function rewoundSteps(state: State, from: StepState): readonly StepState[] {
  const all = [...walkSteps(state.root)];
  return all.slice(all.indexOf(from));
}

/** Groups around the first step that were left out take part again. Decisions about them can no longer be undone. */
function bringBack(state: State, from: StepState): void {
  for (const container of nodesAround(state, from.node.id)) {
    container.undecided = undefined;
    if (container.status !== "skipped" || container.marks?.isRemoved === true) continue;
    container.status = "pending";
    endDecisions(container);
  }
}

/** Those that were undone before did not count any more, and those before another rewind were ended by that. */
function endDecisions(step: StepState): void {
  const { decisions, endedDecisions = 0 } = step;
  if (decisions === undefined) return;
  let undone = 0;
  // Each is looked at once, however often the step is rewound.
  const open = decisions.splice(endedDecisions).reverse().map((taken) => {
    if (taken.decision === "undecide") undone += 1;
    else if (undone > 0) undone -= 1;
    else if (ENDED.has(taken.decision)) return { ...taken, rewound: true as const };
    return taken;
  });
  for (const taken of open.reverse()) decisions.push(taken);
  step.endedDecisions = decisions.length;
}

function reset(state: State, step: StepState): void {
  // It was removed together with the plan that a step had returned.
  if (!state.byId.has(step.node.id)) return;
  // What was removed from the plan stays removed.
  if (step.marks?.isRemoved === true) return;
  if (step.attempts > 0) step.generation = (step.generation ?? 0) + 1;
  endDecisions(step);
  Object.assign(step, { status: "pending", value: undefined, marks: undefined, undecided: undefined });
  if (step.children === undefined || isGroup(step.node)) return;
  for (const child of walkSteps(step.children)) {
    state.byId.delete(child.node.id);
    if (child.node.name !== undefined) state.names.delete(child.node.name);
  }
  step.children.children.length = 0;
}
