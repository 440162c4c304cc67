import type { FunctionName } from "../../modules/load_functions.ts";
import type { Code, NodeOptions } from "../../plan/node.ts";
import type { State } from "../../state/state.ts";
import type { StepState } from "../../state/step_state.ts";
import { hasHappened, walkSteps } from "../../state/walk_steps.ts";
import { nameCodes } from "../call/plan_nodes.ts";

/** Names every function that the rest of a transaction may call, each once. */
export function pendingFunctions(
  state: State,
  isWanted: (step: StepState) => boolean = () => true,
): readonly FunctionName[] {
  const codes = [...pendingCalls(state, isWanted)].flatMap((pending) => pending.codes);
  return nameCodes(codes, state.modules.map(({ url }) => url));
}

/** Everything that the rest of a transaction may call: steps, and the functions that are called with their arguments. */
export function* pendingCalls(
  { root, rollback, options }: State,
  isWanted: (step: StepState) => boolean = () => true,
): Generator<{ readonly step: StepState; readonly codes: readonly Code[] }> {
  // If a step fails, the same run may have to undo what has happened.
  const mayUndo = options.onFailure === "rollback";
  for (const step of rollback?.queue ?? walkSteps(root)) {
    const isUndo = rollback !== undefined || (mayUndo && !isWanted(step) && hasHappened(step));
    const codes = isUndo ? undoCodes(step) : isWanted(step) ? codesOf(step, mayUndo) : [];
    if (codes.length > 0) yield { step, codes };
  }
}

function codesOf(step: StepState, mayUndo: boolean): readonly Code[] {
  const { node, status } = step;
  if (node.kind !== "step" || status === "skipped" || status === "undone") return [];
  const undo = mayUndo ? undoCodes(step) : [];
  return status === "finished" ? undo : [node, ...probeCodes(node.options), ...undo];
}

function undoCodes({ node, status, marks }: StepState): readonly Code[] {
  if (node.kind !== "step" || status === "undone" || status === "skipped" || marks?.undo === "left") return [];
  return node.options?.undo === undefined ? [] : [node.options.undo, ...probeCodes(node.options)];
}

function probeCodes(options: NodeOptions | undefined): readonly Code[] {
  return typeof options?.interrupted === "object" ? [options.interrupted] : [];
}
