import type { FunctionName } from "../modules/function_name.ts";
import type { GroupNode, SleepNode, WaitNode } from "../plan/node.ts";
import type { Plan } from "../plan/planned_node.ts";
import type { NodeNames } from "./name_plan.ts";

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
export type OutlinedNode =
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
