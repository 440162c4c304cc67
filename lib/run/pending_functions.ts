import { functionKey, type FunctionName } from "../modules/function_name.ts";
import type { Code } from "../plan/node.ts";
import type { State } from "../state/state.ts";

/** Names every function that what is left of a plan may call, each once. */
export function pendingFunctions(state: State): readonly FunctionName[] {
  const names = new Map<string, FunctionName>();
  for (let position = state.cursor; position < state.steps.length; position += 1) {
    const step = state.steps[position];
    if (step === undefined || step.node.kind !== "step") continue;
    if (step.status === "finished" || step.status === "skipped" || step.status === "undone") continue;
    const { interrupted } = step.node.options ?? {};
    for (const code of typeof interrupted === "object" ? [step.node, interrupted] : [step.node]) {
      const name = functionName(state, code);
      names.set(functionKey(name), name);
    }
  }
  return [...names.values()];
}

function functionName(state: State, code: Code): FunctionName {
  return { module: state.modules[code.module]?.url ?? "", export: code.export };
}
