import { labelStep } from "../plan/label_step.ts";
import { findStep, type State } from "../state/state.ts";
import { escapeForTerminal } from "../values/escape_for_terminal.ts";

/** Names a step at the beginning of a sentence: its number, and its name or its function's. Escaped. */
export function describeStep(state: State, id: string): string {
  const node = findStep(state, id)?.node;
  const name = node?.name ?? (node?.kind === "step" ? node.export : "");
  const label = labelStep(id, escapeForTerminal(name));
  return label.charAt(0).toUpperCase() + label.slice(1);
}
