import { functionKey, type FunctionName } from "../../modules/step_function.ts";
import type { Code, NodeOptions } from "../../plan/node.ts";
import type { State } from "../../state/state.ts";
import type { StepState } from "../../state/step_state.ts";
import { hasHappened, walkSteps } from "../../state/walk_steps.ts";

/** Names every function that the rest of a transaction may call, each once. */
export function pendingFunctions(
  state: State,
  isWanted: (step: StepState) => boolean = () => true,
): readonly FunctionName[] {
  const names = new Map<string, FunctionName>();
  const add = (codes: readonly Code[]) => {
    for (const { module, export: exported } of codes) {
      const name = { module: state.modules[module]?.url ?? "", export: exported };
      names.set(functionKey(name), name);
    }
  };
  if (state.rollback === undefined) {
    // If a step fails, the same run may have to undo what has happened.
    const mayUndo = state.options.onFailure === "rollback";
    for (const step of walkSteps(state.root)) {
      if (isWanted(step)) add(codesOf(step, mayUndo));
      else if (mayUndo && hasHappened(step)) add(undoCodes(step));
    }
  } else {
    for (const step of state.rollback.queue) add(undoCodes(step));
  }
  return [...names.values()];
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
