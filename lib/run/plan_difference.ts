import type { PlanNode } from "../plan/node.ts";
import { plannedNodes } from "../state/walk_steps.ts";
import type { State } from "../state/state.ts";
import type { OutlinedNode, PlanOutline } from "./plan_outline.ts";

/** Says, in words, where a journal's plan differs first from the one that the program has made now. */
export function planDifference(state: State, outline: PlanOutline): string | undefined {
  if (state.home !== outline.home) return `it was planned by ${state.home}, not by ${outline.home}`;
  const nodes = [...plannedNodes(state)];
  for (const [position, wanted] of outline.nodes.entries()) {
    const node = nodes[position];
    if (node === undefined) break;
    // Ids tell where groups end.
    if (node.id !== wanted.id) return `after the same beginning the journal has step ${node.id}, and now ${wanted.id}`;
    const [before, now] = [describeNode(toOutlined(state, node)), describeNode(wanted)];
    if (before !== now) return `step ${node.id} is ${before} in the journal, and ${now} now`;
  }
  const [before, now] = [nodes.length, outline.nodes.length];
  return before === now ? undefined : `the journal has ${before} steps, the plan made now has ${now}`;
}

function toOutlined(state: State, node: PlanNode): OutlinedNode {
  if (node.kind !== "step") return node;
  return { id: node.id, kind: "step", module: state.modules[node.module]?.url ?? "", export: node.export };
}

function describeNode(node: OutlinedNode): string {
  switch (node.kind) {
    case "step":
      return `${node.export} of ${node.module}`;
    case "wait":
      return `a wait for ${JSON.stringify(node.signal)}`;
    case "sleep":
      return "a sleep";
    case "parallel":
      return "a parallel group";
    case "sequence":
      return "a sequence";
    default:
      return node satisfies never;
  }
}
