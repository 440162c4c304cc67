import type { FunctionName } from "../../modules/step_function.ts";
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
  return nameCodes([...pendingCodes(state, isWanted)], state.modules.map(({ url }) => url));
}

function* pendingCodes({ root, rollback, options }: State, isWanted: (step: StepState) => boolean): Generator<Code> {
  if (rollback !== undefined) return yield* rollback.queue.flatMap(undoCodes);
  // If a step fails, the same run may have to undo what has happened.
  const mayUndo = options.onFailure === "rollback";
  for (const step of walkSteps(root)) {
    if (isWanted(step)) yield* codesOf(step, mayUndo);
    else if (mayUndo && hasHappened(step)) yield* undoCodes(step);
  }
}

function codesOf(step: StepState, mayUndo: boolean): readonly Code[] {
  const { node, status } = step;
  if (node.kind !== "step" || status === "skipped" || status === "undone") return [];
  const undo = mayUndo ? undoCodes(step) : [];
  return status === "finished" ? undo : [node, ...probeCodes(node.options), ...undo];
}

function undoCodes({ node, status }: StepState): readonly Code[] {
  if (node.kind !== "step" || status === "undone" || node.options?.undo === undefined) return [];
  return [node.options.undo, ...probeCodes(node.options)];
}

function probeCodes(options: NodeOptions | undefined): readonly Code[] {
  return typeof options?.interrupted === "object" ? [options.interrupted] : [];
}
