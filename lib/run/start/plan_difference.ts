import type { FunctionName } from "../../modules/step_function.ts";
import type { GroupNode, PlanNode, SleepNode, WaitNode } from "../../plan/node.ts";
import type { Plan } from "../../plan/planned_node.ts";
import type { State } from "../../state/state.ts";
import { plannedNodes } from "../../state/walk_steps.ts";
import type { NodeNames } from "../call/plan_nodes.ts";

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

/** What must be the same in two plans for one to go on with the other's journal. Arguments and times are not compared. */
export interface PlanOutline {
  /** URL of the home module. */
  readonly home: string;
  /** The nodes in order, a group before its children. */
  readonly nodes: readonly OutlinedNode[];
  /**
   * All functions, in any order. Probes and undo functions may differ: a journal is believed about them as far as it is
   * trusted.
   */
  readonly functions: readonly FunctionName[];
}

/** What must be the same of one node. */
type OutlinedNode =
  | ({ readonly kind: "step"; readonly id: string } & FunctionName)
  | Pick<SleepNode, "kind" | "id">
  | Pick<WaitNode, "kind" | "id" | "signal">
  | Pick<GroupNode, "kind" | "id">;

/** Says what a plan is like whose functions have been named. */
export function outlinePlan(home: string, plan: Plan, names: readonly NodeNames[]): PlanOutline {
  const nodes = plan.nodes.flatMap((node, position): OutlinedNode[] => {
    const { id, kind } = node;
    if (kind === "wait") return [{ id, kind, signal: node.signal }];
    if (kind !== "step") return [{ id, kind }];
    const step = names[position]?.step;
    return step === undefined ? [] : [{ id, kind, module: step.module, export: step.export }];
  });
  return { home, nodes, functions: names.flatMap((functions): FunctionName[] => Object.values(functions)) };
}
